package org.lanewise.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The sizes of the data caches, as Linux tells them; typical ones elsewhere. */
final class Caches {

    private static final Path FOLDER = Path.of("/sys/devices/system/cpu/cpu0/cache");

    private static final List<Cache> TYPICAL = List.of(new Cache("L1", 32 << 10, 1), new Cache("L2", 512 << 10, 1),
            new Cache("L3", 16 << 20, Integer.MAX_VALUE));

    private Caches() {
    }

    /**
     * A cache.
     *
     * @param cores how many share it
     */
    record Cache(String name, long bytes, int cores) {
    }

    static List<Cache> ofThisMachine() {
        if (!Files.isDirectory(FOLDER)) {
            return TYPICAL;
        }
        List<Cache> caches = new ArrayList<>();
        try (Stream<Path> indices = Files.list(FOLDER)) {
            for (Path index : indices.filter(path -> path.getFileName().toString().startsWith("index")).toList()) {
                if (!read(index, "type").equals("Instruction")) {
                    caches.add(new Cache("L" + read(index, "level"), bytes(read(index, "size")),
                            cores(read(index, "shared_cpu_map"))));
                }
            }
        } catch (IOException | NumberFormatException e) {
            return TYPICAL;
        }
        caches.sort(Comparator.comparing(Cache::name));
        return caches.isEmpty() ? TYPICAL : caches;
    }

    private static String read(Path folder, String file) throws IOException {
        return Files.readString(folder.resolve(file)).strip();
    }

    /** The number of bits in hexadecimal groups such as ff,ffffffff. */
    static int cores(String map) {
        return map.chars().map(digit -> Integer.bitCount(Math.max(0, Character.digit(digit, 16)))).sum();
    }

    /** 32K or 8M. */
    static long bytes(String size) {
        long number = Long.parseLong(size.replaceAll("[KMG]$", ""));
        return number << switch (size.charAt(size.length() - 1)) {
            case 'K' -> 10;
            case 'M' -> 20;
            case 'G' -> 30;
            default -> 0;
        };
    }
}

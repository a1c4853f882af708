package org.lanewise.kernels.vector;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The sizes of the first core's caches, as Linux tells them; elsewhere those that most CPUs have at least.
 */
public final class CacheSizes {

    private static final Path CACHES = Path.of("/sys/devices/system/cpu/cpu0/cache");

    /** Bytes of the level-2 cache of a core. */
    public static final int L2 = read(CACHES, 2, 512 * 1024);

    private CacheSizes() {
    }

    /** The size in bytes of the cache of a level, or {@code otherwise} if it cannot be read. */
    static int read(Path caches, int level, int otherwise) {
        try (DirectoryStream<Path> indices = Files.newDirectoryStream(caches, "index*")) {
            for (Path index : indices) {
                if (line(index, "level").equals(Integer.toString(level))
                        && !line(index, "type").equals("Instruction")) {
                    return bytes(line(index, "size"));
                }
            }
        } catch (IOException | RuntimeException e) {
            // no such files, or not what Linux writes: the usual size is as good a guess as any
        }
        return otherwise;
    }

    private static String line(Path index, String name) throws IOException {
        return Files.readString(index.resolve(name)).strip();
    }

    /** "2048K" or "1M". */
    private static int bytes(String size) {
        int unit = switch (size.charAt(size.length() - 1)) {
            case 'K' -> 1024;
            case 'M' -> 1024 * 1024;
            default -> throw new NumberFormatException(size);
        };
        return Math.multiplyExact(Integer.parseInt(size.substring(0, size.length() - 1)), unit);
    }
}

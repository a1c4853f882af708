import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes the twins for double of the sources for float: Dgemm is Gemm with other words. Every build runs it; what it writes is plain
 * Java, to be read and debugged in target/generated-sources/double and target/generated-test-sources/double. Mended is what stands
 * under src.
 *
 * <pre>
 *   java DoubleTwin.java SOURCES TARGET     each a folder with packages; only files of {@link #FILES} that exist are read;
 *                                           twins in TARGET whose source is gone are deleted
 * </pre>
 */
public final class DoubleTwin {

    private static final String ROOT = "org/lanewise/kernels/";

    /** Files, and folders whose every file has a twin. */
    private static final List<String> FILES = List.of(
            "Gemm.java", "GemmBatch.java", "Gemv.java", "Epilogue.java", "PackedMatrix.java", "Checks.java",
            "gemm", "reference/ReferenceGemm.java", "vector/Lanes.java", "vector/LaneSum.java",
            // tests
            "GemmContractTest.java", "GemmThreadsContractTest.java", "GemmArgumentsTest.java", "GemvContractTest.java",
            "GemvArgumentsTest.java", "Padded.java", "Recipe.java", "Operands.java", "Rounding.java");

    /** Regular expressions and what takes their place, in this order, in the text and in the names of files. */
    private static final Map<String, String> WORDS = new LinkedHashMap<>();

    static {
        WORDS.put("kernels([./])gemm\\b", "kernels$1dgemm");
        WORDS.put("\\b(Reference)?Gem([mv])", "$1Dgem$2");
        WORDS.put("\\bsgem([mv])", "dgem$1");
        WORDS.put("\\b(Epilogue|PackedMatrix|Checks|Lanes|LaneSum|Padded|Recipe|Operands|Rounding)\\b", "Double$1");
        WORDS.put("\\baligned\\(", "alignedDoubles(");
        WORDS.put("\\bALIGNED\\b", "ALIGNED_DOUBLES");
        WORDS.put("single precision", "double precision");
        // the bits of a test's sentinel
        WORDS.put("\\bint SENTINEL = 0x7fc0_1dea", "long SENTINEL = 0x7ff8_0000_7fc0_1deaL");
        WORDS.put("int\\[] bits", "long[] bits");
        WORDS.put("new int\\[values", "new long[values");
        WORDS.put("intBitsToFloat", "longBitsToDouble");
        WORDS.put("floatToRawIntBits", "doubleToRawLongBits");
        WORDS.put("0x1p-24", "0x1p-53");
        // the type itself
        WORDS.put("\\bfloat", "double");
        WORDS.put("(\\b|next)Float", "$1Double");
        WORDS.put("\\b(\\d+(\\.\\d+)?)f\\b", "$1d");
    }

    /** How a twin begins. Files of the target that begin so and have no source any more are deleted. */
    private static final String HEADER = "// The twin for double of ";

    private DoubleTwin() {
    }

    /** See the class. */
    public static void main(String[] args) throws IOException {
        Path sources = Path.of(args[0]);
        Path target = Path.of(args[1]);
        Set<Path> written = new HashSet<>();
        for (String file : FILES) {
            Path source = sources.resolve(ROOT + file);
            if (Files.isDirectory(source)) {
                try (var files = Files.list(source)) {
                    for (Path one : files.toList()) {
                        written.add(write(sources, one, target));
                    }
                }
            } else if (Files.exists(source)) {
                written.add(write(sources, source, target));
            }
        }
        deleteOthers(target, written);
    }

    /** The twin of a file that is gone must go too, or it would still be compiled. */
    private static void deleteOthers(Path target, Set<Path> written) throws IOException {
        if (Files.isDirectory(target)) {
            try (var files = Files.walk(target)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    if (!written.contains(file) && Files.readString(file).startsWith(HEADER)) {
                        Files.delete(file);
                    }
                }
            }
        }
    }

    /** Only if it is new: an unchanged file is not compiled again. */
    private static Path write(Path sources, Path source, Path target) throws IOException {
        Path twin = target.resolve(translate(sources.relativize(source).toString()));
        String text = HEADER + source.getFileName() + "; figures in its comments are those of float.\n"
                + translate(Files.readString(source));
        if (!Files.exists(twin) || !Files.readString(twin).equals(text)) {
            Files.createDirectories(twin.getParent());
            Files.writeString(twin, text);
        }
        return twin;
    }

    private static String translate(String text) {
        String result = text;
        for (Map.Entry<String, String> word : WORDS.entrySet()) {
            result = result.replaceAll(word.getKey(), word.getValue());
        }
        return result;
    }
}

package org.lanewise.bench.peers.openblas;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The functions of OpenBLAS that are measured. The library is loaded with this class; a {@link LinkageError} says that it could not
 * be.
 */
@SuppressWarnings("restricted") // Native calls are what this class is for.
final class CBlas {

    private static final int ROW_MAJOR = 101;
    private static final int NO_TRANS = 111;
    private static final int TRANS = 112;

    private static final ValueLayout INT = ValueLayout.JAVA_INT;
    private static final ValueLayout FLOAT = ValueLayout.JAVA_FLOAT;
    private static final ValueLayout POINTER = ValueLayout.ADDRESS;

    /** The library and, before it, those that it needs; not every platform has them all. */
    private static final List<String> FILES = List.of("libgcc_s.so.1", "libquadmath.so.0", "libgfortran.so.5",
            "libopenblas.so.0");
    private static final SymbolLookup LIBRARY = load();

    // Static and final, so that the JIT compiles a call of the function itself.
    private static final MethodHandle SGEMM = function("cblas_sgemm", INT, INT, INT, INT, INT, INT,
            FLOAT, POINTER, INT, POINTER, INT, FLOAT, POINTER, INT);
    private static final MethodHandle SGEMV = function("cblas_sgemv", INT, INT, INT, INT,
            FLOAT, POINTER, INT, POINTER, INT, FLOAT, POINTER, INT);

    private CBlas() {
    }

    /** C := op(A)*op(B), row-major; the leading dimensions are those of A and B as they are stored. */
    static void sgemm(boolean transA, boolean transB, int m, int n, int k,
            MemorySegment a, int lda, MemorySegment b, int ldb, MemorySegment c) {
        try {
            SGEMM.invokeExact(ROW_MAJOR, transA ? TRANS : NO_TRANS, transB ? TRANS : NO_TRANS, m, n, k,
                    1f, a, lda, b, ldb, 0f, c, n);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** y := op(A)*x, A being stored by rows. */
    static void sgemv(boolean trans, int rows, int columns, MemorySegment a, MemorySegment x, MemorySegment y) {
        try {
            SGEMV.invokeExact(ROW_MAJOR, trans ? TRANS : NO_TRANS, rows, columns, 1f, a, columns, x, 1, 0f, y, 1);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    static void setThreads(int threads) {
        try {
            plainFunction("openblas_set_num_threads", FunctionDescriptor.ofVoid(INT)).invokeExact(threads);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    static String config() {
        return string("openblas_get_config");
    }

    static String core() {
        return string("openblas_get_corename");
    }

    private static String string(String function) {
        try {
            var text = (MemorySegment) plainFunction(function, FunctionDescriptor.of(POINTER)).invokeExact();
            return text.reinterpret(Long.MAX_VALUE).getString(0);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static MethodHandle plainFunction(String name, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(LIBRARY.findOrThrow(name), descriptor);
    }

    /** One that takes arrays of the heap without a copy; the garbage collector waits for it. */
    private static MethodHandle function(String name, MemoryLayout... arguments) {
        return Linker.nativeLinker().downcallHandle(LIBRARY.findOrThrow(name), FunctionDescriptor.ofVoid(arguments),
                Linker.Option.critical(true));
    }

    private static SymbolLookup load() {
        String platform = "linux-" + (System.getProperty("os.arch").equals("aarch64") ? "arm64" : "x86_64");
        try {
            Path folder = Files.createTempDirectory("openblas");
            try {
                for (String file : FILES) {
                    copy("/org/bytedeco/openblas/" + platform + "/" + file, folder.resolve(file));
                }
                return SymbolLookup.libraryLookup(folder.resolve(FILES.getLast()), Arena.global());
            } finally {
                // Once mapped, the files need no names.
                for (String file : FILES) {
                    Files.deleteIfExists(folder.resolve(file));
                }
                Files.delete(folder);
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    private static void copy(String resource, Path file) throws IOException {
        try (InputStream in = CBlas.class.getResourceAsStream(resource)) {
            if (in != null) {
                Files.copy(in, file);
            }
        }
    }
}

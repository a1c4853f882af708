package org.lanewise.bench.peers.vectorblas;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

import dev.ludovic.netlib.blas.BLAS;
import org.lanewise.bench.peers.GemmPeer;

/**
 * Netlib's VectorBLAS: {@code sgemm}, and {@code sgemv} for a product with one row or column, always on one thread.
 *
 * <p>
 * BLAS stores by columns, and what is stored by rows is the transpose of that: instead of C = op(A)*op(B) it is asked for C^T =
 * op(B)^T * op(A)^T, which is the same work on the same arrays.
 */
public final class VectorBlas implements GemmPeer {

    /** Loads nothing yet. */
    public VectorBlas() {
    }

    @Override
    public String name() {
        return "vectorblas";
    }

    /**
     * {@return the library's version}
     *
     * @throws IllegalStateException if the JVM runs without the module {@code jdk.incubator.vector}
     */
    @Override
    public String version() {
        try (InputStream in = Library.INSTANCE.getClass()
                .getResourceAsStream("/META-INF/maven/dev.ludovic.netlib/blas/pom.properties")) {
            var properties = new Properties();
            properties.load(in);
            return "netlib " + properties.getProperty("version") + ", " + Library.INSTANCE.getClass().getSimpleName();
        } catch (LinkageError e) {
            throw new IllegalStateException("VectorBLAS cannot be loaded; it needs --add-modules jdk.incubator.vector",
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void threads(int threads) {
        if (threads > 1) {
            throw new UnsupportedOperationException("VectorBLAS always runs on one thread");
        }
    }

    @Override
    public Runnable gemm(Product p) {
        int columnsOfA = p.transA() ? p.m() : p.k();
        int rowsOfA = p.transA() ? p.k() : p.m();
        int columnsOfB = p.transB() ? p.k() : p.n();
        int rowsOfB = p.transB() ? p.n() : p.k();
        if (p.n() == 1) {
            return () -> Library.INSTANCE.sgemv(p.transA() ? "N" : "T", columnsOfA, rowsOfA,
                    1, p.a(), columnsOfA, p.b(), 1, 0, p.c(), 1);
        }
        if (p.m() == 1) {
            return () -> Library.INSTANCE.sgemv(p.transB() ? "T" : "N", columnsOfB, rowsOfB,
                    1, p.b(), columnsOfB, p.a(), 1, 0, p.c(), 1);
        }
        return () -> Library.INSTANCE.sgemm(p.transB() ? "T" : "N", p.transA() ? "T" : "N", p.n(), p.m(), p.k(),
                1, p.b(), columnsOfB, p.a(), columnsOfA, 0, p.c(), p.n());
    }

    /** Loaded when it is first used. */
    private static final class Library {

        static final BLAS INSTANCE = vectorBlas();

        /** By reflection: the public way falls back silently to scalar code, and loads a native library that nobody calls. */
        private static BLAS vectorBlas() {
            try {
                var getInstance = Class.forName("dev.ludovic.netlib.blas.VectorBLAS").getMethod("getInstance");
                getInstance.setAccessible(true);
                return (BLAS) getInstance.invoke(null);
            } catch (ReflectiveOperationException e) {
                throw new LinkageError("VectorBLAS", e);
            }
        }
    }
}

package org.lanewise.bench.peers.openblas;

import java.lang.foreign.MemorySegment;

import org.lanewise.bench.peers.GemmPeer;

/**
 * OpenBLAS: {@code cblas_sgemm}, and {@code cblas_sgemv} for a product with one row or column, on the Java arrays themselves.
 */
public final class OpenBlas implements GemmPeer {

    private int threads = 1;
    private int threadsOfLibrary;

    /** Loads nothing yet. */
    public OpenBlas() {
    }

    @Override
    public String name() {
        return "openblas";
    }

    /**
     * {@return the library's configuration, the CPU core whose kernels it chose, and whether {@code OPENBLAS_CORETYPE} made it}
     *
     * @throws IllegalStateException if there is no OpenBLAS for this machine
     */
    @Override
    public String version() {
        try {
            String forced = System.getenv("OPENBLAS_CORETYPE");
            return CBlas.config() + ", core " + CBlas.core()
                    + (forced == null ? "" : ", forced by OPENBLAS_CORETYPE=" + forced);
        } catch (LinkageError e) {
            throw new IllegalStateException("OpenBLAS cannot be loaded on " + System.getProperty("os.name") + " "
                    + System.getProperty("os.arch") + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void threads(int threads) {
        this.threads = threads;
    }

    @Override
    public Runnable gemm(Product p) {
        MemorySegment a = MemorySegment.ofArray(p.a());
        MemorySegment b = MemorySegment.ofArray(p.b());
        MemorySegment c = MemorySegment.ofArray(p.c());
        int rowsOfA = p.transA() ? p.k() : p.m();
        int columnsOfA = p.transA() ? p.m() : p.k();
        int rowsOfB = p.transB() ? p.n() : p.k();
        int columnsOfB = p.transB() ? p.k() : p.n();
        if (p.n() == 1) {
            return () -> {
                applyThreads();
                CBlas.sgemv(p.transA(), rowsOfA, columnsOfA, a, b, c);
            };
        }
        if (p.m() == 1) {
            return () -> {
                applyThreads();
                CBlas.sgemv(!p.transB(), rowsOfB, columnsOfB, b, a, c);
            };
        }
        return () -> {
            applyThreads();
            CBlas.sgemm(p.transA(), p.transB(), p.m(), p.n(), p.k(), a, columnsOfA, b, columnsOfB, c);
        };
    }

    /** Only here, so that a process that measures another library does not load this one. */
    private void applyThreads() {
        if (threadsOfLibrary != threads) {
            CBlas.setThreads(threads);
            threadsOfLibrary = threads;
        }
    }
}

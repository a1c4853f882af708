package org.lanewise.bench.peers.ejml;

import org.ejml.EjmlVersion;
import org.ejml.concurrency.EjmlConcurrency;
import org.ejml.data.FMatrixRMaj;
import org.ejml.dense.row.CommonOps_FDRM;
import org.ejml.dense.row.CommonOps_MT_FDRM;
import org.lanewise.bench.peers.GemmPeer;

/** EJML: the products of its common operations, which choose an algorithm by the sizes, on the arrays as they are. */
public final class Ejml implements GemmPeer {

    private boolean concurrent;

    /** Loads nothing yet. */
    public Ejml() {
    }

    @Override
    public String name() {
        return "ejml";
    }

    @Override
    public String version() {
        return "EJML " + EjmlVersion.VERSION;
    }

    @Override
    public void threads(int threads) {
        concurrent = threads > 1;
        EjmlConcurrency.setMaxThreads(threads);
    }

    @Override
    public Runnable gemm(Product p) {
        FMatrixRMaj a = p.transA() ? FMatrixRMaj.wrap(p.k(), p.m(), p.a()) : FMatrixRMaj.wrap(p.m(), p.k(), p.a());
        FMatrixRMaj b = p.transB() ? FMatrixRMaj.wrap(p.n(), p.k(), p.b()) : FMatrixRMaj.wrap(p.k(), p.n(), p.b());
        FMatrixRMaj c = FMatrixRMaj.wrap(p.m(), p.n(), p.c());
        Multiplication oneThread = oneThread(p);
        Multiplication moreThreads = moreThreads(p);
        return () -> (concurrent ? moreThreads : oneThread).multiply(a, b, c);
    }

    private static Multiplication oneThread(Product p) {
        if (p.transA()) {
            return p.transB() ? CommonOps_FDRM::multTransAB : CommonOps_FDRM::multTransA;
        }
        return p.transB() ? CommonOps_FDRM::multTransB : CommonOps_FDRM::mult;
    }

    private static Multiplication moreThreads(Product p) {
        if (p.transA()) {
            return p.transB() ? CommonOps_MT_FDRM::multTransAB : CommonOps_MT_FDRM::multTransA;
        }
        return p.transB() ? CommonOps_MT_FDRM::multTransB : CommonOps_MT_FDRM::mult;
    }

    /** c := op(a)*op(b), without a result that would have to be checked. */
    private interface Multiplication {
        void multiply(FMatrixRMaj a, FMatrixRMaj b, FMatrixRMaj c);
    }
}

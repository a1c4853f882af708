package org.lanewise.bench.compare;

import org.lanewise.bench.Workload;
import org.lanewise.bench.compare.Comparison.Level;
import org.lanewise.bench.compare.Comparison.Limits;

/**
 * The least time that a workload can take: its flops at the FMA peak, or its bytes at the bandwidth of the level that holds its
 * operands, whichever is longer.
 *
 * @param nanos the least time of one call
 * @param limit what sets it
 */
record Roofline(double nanos, String limit) {

    /** The limit of what computes longer than it moves data. */
    static final String FMA_PEAK = "FMA peak";

    static Roofline of(Workload workload, Limits limits, int threads) {
        double flopNanos = workload.flops() / limits.fmaGflops();
        Level level = limits.levels().stream().filter(l -> workload.bytes() / threads <= l.bytes()).findFirst()
                .orElse(limits.levels().getLast());
        boolean reads = workload.bytesRead() > 0.9 * workload.bytes();
        boolean writes = workload.bytesWritten() > 0.9 * workload.bytes();
        double bandwidth = reads ? level.read() : writes ? level.write() : level.triad();
        double byteNanos = workload.bytes() / bandwidth;
        return flopNanos >= byteNanos
                ? new Roofline(flopNanos, FMA_PEAK)
                : new Roofline(byteNanos, level.name() + (reads ? " read" : writes ? " write" : " triad"));
    }
}

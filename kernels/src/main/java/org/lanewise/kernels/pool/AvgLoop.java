package org.lanewise.kernels.pool;

import java.util.Arrays;

import org.lanewise.kernels.AvgDivisor;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.Pool2dGeometry;
import org.lanewise.kernels.Pool2dWindow;
import org.lanewise.kernels.vector.Lanes;

/** The operands of an average pooling or of its gradient, and its divisors. */
abstract class AvgLoop extends PlaneLoop {

    Pool2dGeometry geometry = NO_IMAGES;
    AvgDivisor divisor = AvgDivisor.PADDED;
    boolean vectorized;
    int outHeight;
    int outWidth;
    float[] source = EMPTY;
    int sourceOffset;
    float[] target = EMPTY;
    int targetOffset;
    /** The factor of each column of windows in the divisor, with ones up to whole vectors. */
    float[] ofColumns = EMPTY;

    /** Whether the vector loops can do it; sets their layout. */
    abstract boolean setLayout(Pool2dGeometry g);

    final void average(boolean vectors, Pool2dGeometry g, AvgDivisor by, float[] from, int fromOffset, float[] to,
            int toOffset, Parallelism parallelism) {
        geometry = g;
        divisor = by;
        outHeight = g.outputHeight();
        outWidth = g.outputWidth();
        source = from;
        sourceOffset = fromOffset;
        target = to;
        targetOffset = toOffset;
        vectorized = vectors && setLayout(g);
        if (vectorized) {
            findDivisors(Lanes.COUNT);
        }
        try {
            overPlanes(g.planes(), g.inputPixels(), parallelism);
        } finally {
            geometry = NO_IMAGES;
            source = EMPTY;
            target = EMPTY;
        }
    }

    private void findDivisors(int lanes) {
        int n = Math.ceilDiv(outWidth, lanes) * lanes;
        if (ofColumns.length < n) {
            ofColumns = new float[n];
        }
        Arrays.fill(ofColumns, 1);
        Pool2dWindow w = geometry.window();
        for (int v = 0; v < outWidth && divisor.divisorOverride() == 0; v++) {
            ofColumns[v] = divisor.extent(v * w.strideWidth() - w.paddingWidth(), w.kernelWidth(), geometry.width(),
                    w.paddingWidth());
        }
    }

    /** The factor of a row of windows in the divisor. */
    final float ofRow(int top) {
        Pool2dWindow w = geometry.window();
        return divisor.divisorOverride() != 0
                ? divisor.divisorOverride()
                : divisor.extent(top, w.kernelHeight(), geometry.height(), w.paddingHeight());
    }
}

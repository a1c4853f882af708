package org.lanewise.kernels.conv;

import java.util.Arrays;

import org.lanewise.kernels.Conv2dGeometry;
import org.lanewise.kernels.Epilogue;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.gemm.Finish;
import org.lanewise.kernels.math.VectorElementwise;
import org.lanewise.kernels.vector.Lanes;
import org.lanewise.kernels.vector.SharedLoop;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

/**
 * Convolution with a group for each channel, of which M = K/C filters see nothing else. As a product it would have one channel's taps
 * as its depth; here each plane is computed directly, as a rule from its padded copy in the first cache:
 *
 * <pre>
 *   forward      y(k)  = w(k) * planes of x(floor(k / M)) + beta*y(k) + bias(k)
 *   by data      dX(c) = sum over the M filters of w(k) * planes of dY(k), whose pixels stand a stride apart, with zeros between
 *   by weights   dW(k, tap) = sum over images and pixels of dY(k) * planes of x(floor(k / M)) at the tap's distance
 * </pre>
 *
 * The usual 3x3 taps read images where they stand: {@link NineTaps}.
 *
 * <p>
 * Threads share the planes of all images, or by weights the channels: the images of one are added in their order.
 */
final class DepthwiseConv2d extends SharedLoop {

    private static final ThreadLocal<DepthwiseConv2d> CURRENT = ThreadLocal.withInitial(DepthwiseConv2d::new);
    private static final float[] EMPTY = {};
    private static final int L = Lanes.COUNT;

    /** Elements of planes that are worth handing over to another thread. */
    private static final int LEAST_PART = 16 * 1024;

    /** Floats of a plane that {@link NineTaps} takes as a whole, and copies where it cannot be read in place: 1 MB. */
    private static final int MAX_WHOLE = 256 * 1024;

    private enum Pass {
        FORWARD, BY_DATA, BY_WEIGHTS
    }

    private Pass pass = Pass.FORWARD;
    private Conv2dGeometry g = Conv2dGeometry.square(0, 0, 1, 1, 0, 1, 1, 0);
    private PaddedPlanes layout = PaddedPlanes.NONE;
    private float[] in = EMPTY;
    private int inOffset;
    private float[] weight = EMPTY;
    private int weightOffset;
    private Epilogue epilogue = Epilogue.NONE;
    private float[] dY = EMPTY;
    private int dYOffset;
    private float beta;
    private float[] out = EMPTY;
    private int outOffset;

    private DepthwiseConv2d() {
    }

    static DepthwiseConv2d current() {
        return CURRENT.get();
    }

    /** {@return whether each channel is a group of its own, with some filters, and not the only one} */
    static boolean fits(Conv2dGeometry g) {
        return g.groups() > 1 && g.groups() == g.inChannels() && g.outChannels() > 0;
    }

    /** Y := f(W * X + factor*Y + bias). */
    void forward(Conv2dGeometry geometry, PaddedPlanes planes, float[] x, int xOffset, float[] w, int wOffset,
            Epilogue last, float factor, float[] y, int yOffset, Parallelism parallelism) {
        in = x;
        inOffset = xOffset;
        weight = w;
        weightOffset = wOffset;
        epilogue = last;
        start(Pass.FORWARD, geometry, planes, factor, y, yOffset, parallelism);
    }

    /** dX := the transposed convolution of dY, + factor*dX. */
    void backwardData(Conv2dGeometry geometry, PaddedPlanes planes, float[] w, int wOffset, float[] gradient,
            int gradientOffset, float factor, float[] dX, int dXOffset, Parallelism parallelism) {
        in = gradient;
        inOffset = gradientOffset;
        weight = w;
        weightOffset = wOffset;
        start(Pass.BY_DATA, geometry, planes, factor, dX, dXOffset, parallelism);
    }

    /** dW := the sums over images and pixels, + factor*dW. */
    void backwardWeights(Conv2dGeometry geometry, PaddedPlanes planes, float[] x, int xOffset, float[] gradient,
            int gradientOffset, float factor, float[] dW, int dWOffset, Parallelism parallelism) {
        in = x;
        inOffset = xOffset;
        dY = gradient;
        dYOffset = gradientOffset;
        start(Pass.BY_WEIGHTS, geometry, planes, factor, dW, dWOffset, parallelism);
    }

    private void start(Pass which, Conv2dGeometry geometry, PaddedPlanes planes, float factor, float[] result,
            int resultOffset, Parallelism parallelism) {
        pass = which;
        g = geometry;
        layout = planes;
        beta = factor;
        out = result;
        outOffset = resultOffset;
        boolean byWeights = which == Pass.BY_WEIGHTS;
        int total = byWeights ? g.inChannels() : g.batch() * g.inChannels();
        long work = (long) Math.max(g.height() * g.width(), filters() * g.outputPixels())
                * (byWeights ? g.batch() : 1);
        int least = Math.clamp(LEAST_PART / Math.max(work, 1), 1, total);
        try {
            share(total, Math.max(least, Math.ceilDiv(total, 4 * parallelism.threads())), parallelism);
        } finally {
            in = EMPTY;
            weight = EMPTY;
            epilogue = Epilogue.NONE;
            dY = EMPTY;
            out = EMPTY;
        }
    }

    /** Filters of a channel. */
    private int filters() {
        return g.outChannels() / g.groups();
    }

    private int taps() {
        return g.kernelHeight() * g.kernelWidth();
    }

    @Override
    protected void run(int from, int to) {
        for (int i = from; i < to; i++) {
            switch (pass) {
                case FORWARD -> outputs(i);
                case BY_DATA -> inputs(i);
                case BY_WEIGHTS -> weights(i);
            }
        }
    }

    /** Whether planes are those of {@link NineTaps}: then x and y are of one size. */
    private boolean whole() {
        return layout.neighbours() && (long) g.height() * g.width() <= MAX_WHOLE;
    }

    /** The planes of y that see plane i of x. */
    private void outputs(int i) {
        int image = inOffset + i * g.height() * g.width();
        int columns = g.outputWidth();
        int pixels = g.outputPixels();
        int filters = filters();
        int rowsAtOnce = rowsAtOnce(g.outputHeight());
        for (int u = 0; u < g.outputHeight(); u += rowsAtOnce) {
            int rows = Math.min(rowsAtOnce, g.outputHeight() - u);
            float[] planes = read(in, image, u, rows);
            int at = place(planes, in, image);
            for (int j = 0; j < filters; j++) {
                int k = i % g.inChannels() * filters + j;
                int plane = outOffset + (i * filters + j) * pixels;
                float bias = epilogue.bias() == Epilogue.Bias.NONE ? 0 : epilogue.values()[epilogue.offset() + k];
                rows(planes, at, weightOffset + k * taps(), bias, rows, columns, plane + u * columns, plane + pixels);
                if (epilogue.relu()) {
                    Finish.apply(Epilogue.RELU, k, 0, 1, rows * columns, out, plane + u * columns, pixels);
                }
            }
        }
    }

    private int rowsAtOnce(int all) {
        return whole() ? all : layout.rows();
    }

    /** What some rows of outputs see of an image: the image itself, or a copy. */
    private float[] read(float[] x, int image, int u, int rows) {
        if (whole()) {
            return readWhole(x, image, Slot.PADDED_PLANES);
        }
        float[] planes = Workspace.current().floats(Slot.PADDED_PLANES, layout.floats());
        layout.load(x, image, u, rows, planes);
        return planes;
    }

    /** A plane and what vectors read before and after it: where it stands, or a copy. */
    private float[] readWhole(float[] x, int plane, Slot slot) {
        if (NineTaps.inPlace(x, plane, g.height(), g.width())) {
            return x;
        }
        float[] copy = Workspace.current().floats(slot, NineTaps.copySize(g.height(), g.width()));
        NineTaps.copy(x, plane, g.height(), g.width(), copy);
        return copy;
    }

    /** Where a plane stands in what {@link #readWhole} answered; other planes begin where their layout says. */
    @SuppressWarnings("ReferenceEquality") // of places, not of values
    private static int place(float[] read, float[] x, int image) {
        return read == x ? image : NineTaps.FIRST_OF_COPY;
    }

    /** Plane i of dX. */
    private void inputs(int i) {
        int columns = g.width();
        int pixels = g.height() * columns;
        int filters = filters();
        int w = weightOffset + i % g.inChannels() * filters * taps();
        float[] spread = in;
        int image = inOffset + i * filters * g.outputPixels();
        if (g.strideHeight() > 1 || g.strideWidth() > 1) {
            spread = spread(image, Workspace.current());
            image = 0;
        }
        int plane = outOffset + i * pixels;
        int rowsAtOnce = rowsAtOnce(g.height());
        for (int h = 0; h < g.height(); h += rowsAtOnce) {
            int rows = Math.min(rowsAtOnce, g.height() - h);
            float[] planes = read(spread, image, h, rows);
            rows(planes, place(planes, spread, image), w, 0, rows, columns, plane + h * columns, plane + pixels);
        }
    }

    /** Some rows of a plane of the result, which ends at {@code end}: bias + the sums over the taps at w, + beta*result. */
    private void rows(float[] x, int at, int w, float bias, int rows, int columns, int to, int end) {
        if (beta == 0) {
            sums(x, at, w, bias, rows, columns, out, to, end);
        } else {
            float[] sums = Workspace.current().floats(Slot.TAPS, rows * columns);
            sums(x, at, w, bias, rows, columns, sums, 0, sums.length);
            VectorElementwise.axpby(rows * columns, 1, sums, 0, beta, out, to);
        }
    }

    private void sums(float[] x, int at, int w, float bias, int rows, int columns, float[] y, int to, int end) {
        if (!whole()) {
            DepthwiseRows.run(x, layout, g.kernelWidth(), weight, w, bias, rows, columns, y, to, end);
        } else if (pass == Pass.FORWARD) {
            NineTaps.image(x, at, rows, columns, weight, w, 1, bias, y, to);
        } else {
            NineTaps.image(x, at, rows, columns, weight, w + 8, -1, bias, y, to);
        }
    }

    /** {@return the floats that the gradient by data of a channel spreads} With stride 1, none. */
    static long spreads(Conv2dGeometry ofGroup) {
        if (ofGroup.strideHeight() == 1 && ofGroup.strideWidth() == 1) {
            return 0;
        }
        long rows = (ofGroup.outputHeight() - 1L) * ofGroup.strideHeight() + 1;
        long columns = (ofGroup.outputWidth() - 1L) * ofGroup.strideWidth() + 1;
        // the first product is below 2^62, and Math.min keeps the second one there
        return ofGroup.outChannels() * Math.min(rows * columns, Integer.MAX_VALUE);
    }

    /** The planes of dY that a channel goes into, with zeros where no output stands. */
    private float[] spread(int from, Workspace workspace) {
        int width = (g.outputWidth() - 1) * g.strideWidth() + 1;
        int size = ((g.outputHeight() - 1) * g.strideHeight() + 1) * width;
        int filters = filters();
        float[] spread = workspace.floats(Slot.SPREAD_GRADIENT, filters * size);
        Arrays.fill(spread, 0, filters * size, 0);
        int at = from;
        for (int j = 0; j < filters; j++) {
            for (int u = 0; u < g.outputHeight(); u++) {
                int to = j * size + u * g.strideHeight() * width;
                if (g.strideWidth() == 2) {
                    EverySecond.put(g.outputWidth(), in, at, spread, to);
                } else {
                    for (int v = 0; v < g.outputWidth(); v++) {
                        spread[to + v * g.strideWidth()] = in[at + v];
                    }
                }
                at += g.outputWidth();
            }
        }
        return spread;
    }

    /** The taps of the filters of channel c. */
    private void weights(int c) {
        int filters = filters();
        int taps = taps();
        int size = DepthwiseTaps.size(taps);
        float[] sums = Workspace.current().floats(Slot.TAPS, filters * size);
        Arrays.fill(sums, 0, filters * size, 0);
        for (int image = 0; image < g.batch(); image++) {
            int plane = image * g.inChannels() + c;
            int at = inOffset + plane * g.height() * g.width();
            int gradient = dYOffset + plane * filters * g.outputPixels();
            if (whole()) {
                addWhole(at, gradient, sums, size);
            } else {
                addRows(at, gradient, sums, size);
            }
        }
        for (int j = 0; j < filters; j++) {
            DepthwiseTaps.finish(sums, j * size, taps, beta, out, outOffset + (c * filters + j) * taps);
        }
    }

    /** Adds one image to the sums of the filters of a channel, whose dY begins at {@code gradient}. */
    private void addWhole(int at, int gradient, float[] sums, int size) {
        int height = g.height();
        int width = g.width();
        float[] image = readWhole(in, at, Slot.PADDED_PLANES);
        for (int j = 0; j < filters(); j++) {
            int from = gradient + j * height * width;
            float[] d = readWhole(dY, from, Slot.SPREAD_GRADIENT);
            NineTaps.addTaps(d, place(d, dY, from), image, place(image, in, at), height, width, sums, j * size);
        }
    }

    /** The same from padded planes. */
    private void addRows(int at, int gradient, float[] sums, int size) {
        Workspace workspace = Workspace.current();
        float[] planes = workspace.floats(Slot.PADDED_PLANES, layout.floats());
        for (int u = 0; u < g.outputHeight(); u += layout.rows()) {
            int rows = Math.min(layout.rows(), g.outputHeight() - u);
            // a vector may read beyond the last row, but no NaN
            Arrays.fill(planes, rows < layout.rows() ? 0 : layout.floats() - 2 * L, layout.floats(), 0);
            layout.load(in, at, u, rows, planes);
            for (int j = 0; j < filters(); j++) {
                float[] run = run(gradient + j * g.outputPixels() + u * g.outputWidth(), rows, workspace);
                DepthwiseTaps.add(run, pixels(rows), planes, layout.offsets(), taps(), sums, j * size);
            }
        }
    }

    /** Some rows of dY as one run of pixels, with zeros between them. */
    private float[] run(int from, int rows, Workspace workspace) {
        int columns = g.outputWidth();
        int pitch = layout.pitch();
        int pixels = pixels(rows);
        float[] run = workspace.floats(Slot.SPREAD_GRADIENT, pixels);
        for (int i = 0, at = from, to = 0; i < rows; i++, at += columns, to += pitch) {
            System.arraycopy(dY, at, run, to, columns);
            int end = i == rows - 1 ? pixels : to + pitch;
            for (int v = to + columns; v < end; v++) {
                run[v] = 0;
            }
        }
        return run;
    }

    /** Pixels of such a run, in whole vectors. */
    private int pixels(int rows) {
        return Math.ceilDiv((rows - 1) * layout.pitch() + g.outputWidth(), L) * L;
    }
}

package org.lanewise.kernels.conv;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Conv2dAlgorithm;
import org.lanewise.kernels.Conv2dGeometry;
import org.lanewise.kernels.gemm.Blocking;

import static org.lanewise.kernels.Conv2dAlgorithm.AUTO;
import static org.lanewise.kernels.Conv2dAlgorithm.DEPTHWISE;
import static org.lanewise.kernels.Conv2dAlgorithm.IMPLICIT_GEMM;
import static org.lanewise.kernels.Conv2dAlgorithm.POINTWISE;
import static org.lanewise.kernels.Conv2dAlgorithm.WINOGRAD;

/**
 * The choice of the algorithm for each pass, and what else is the same for all calls with a geometry: the layout of planes. Each
 * thread makes it once, since the tables of a deep layer take longer than a small image.
 */
final class ConvPlan {

    /**
     * Floats of planes that are held at a time: 1 MB, half of a server's L2 cache. It is the same on every machine, because it
     * cuts the sums of the gradient by weights, and with that decides their bits. There are no fewer rows of outputs than taps reach
     * beyond, or most would be copied again and again; images with rows longer than that take more. The system property
     * {@code lanewise.conv.planes} overrules it, so that tests cut small images into strips.
     */
    private static final int PLANES = Blocking.property("lanewise.conv.planes", 256 * 1024, 1 << 30);

    /** The same for one channel by itself: half of a usual level-1 cache, beside the output. */
    private static final int PLANES_OF_CHANNEL = Math.min(PLANES, 6 * 1024);

    /**
     * Pixels of outputs whose dY is transposed at a time for {@link PlaneGradient}, 256 KB with 64 filters. Milliseconds of 1x3x224 7x7
     * with stride 2 for 1024 and 2000: 1.87 and 1.91; 8x64x56 to 128 with stride 2 8.3 and 9.1.
     */
    private static final int PIXELS_OF_STRIP = 1024;

    /** Plans that a thread keeps: the layers of a deep network. */
    private static final int KEPT = 256;

    /**
     * Input channels from which the gradient by data gathers, with stride 1: fewer leave most of a tile empty, and adding up taps
     * wins. Microseconds of both, 64 images of 28x28 with 32 filters of 3x3: 1 channel 2800 and 715, 4 channels 2950 and 1800,
     * 8 channels 3550 and 3620, 16 channels 4690 and 7280.
     */
    private static final int MIN_GATHERED = 8;

    /**
     * Pixels of the input for each of the output up to which it gathers, for it multiplies at each. Microseconds of both, 64x32x14
     * with 64 filters without padding: 3x3 (1.4) 4090 and 5530, 5x5 (2.0) 10500 and 12900, 7x7 (3.1) 20400 and 19200; 16x5x5 to 1x1
     * (25) 3230 and 1650.
     */
    private static final double MAX_GATHERED = 2.5;

    /**
     * Outputs in all images from which the gradient by data with strides gathers phase by phase: with fewer, adding up taps wins,
     * whose weights are packed faster. Ratios of its time to that by phases, 3x3 with stride 2, for images, channels and height:
     * 1x256x14 0.63, 8x256x14 0.95, 1x64x56 1.2, 8x128x28 1.1, 8x64x56 1.2; 4x4 for 16x16x64 1.6, 5x5 for 4x32x56 1.7.
     */
    private static final int MIN_PHASE_PIXELS = Blocking.property("lanewise.conv.phasePixels", 500, 1 << 30);

    /** Floats of all phases of some rows, if they are no fewer than taps reach beyond: half of a server's L2 cache with the planes. */
    private static final int MAX_PHASES = 128 * 1024;

    /** Floats of dY with zeros between, for a channel by itself: larger images add up taps. */
    private static final int MAX_SPREAD = 1024 * 1024;

    private static final ThreadLocal<Map<Conv2dAlgorithm, Map<Conv2dGeometry, ConvPlan>>> PLANS = ThreadLocal
            .withInitial(() -> new EnumMap<>(Conv2dAlgorithm.class));

    private final Conv2dAlgorithm forward;
    private final Conv2dAlgorithm byData;
    private final Conv2dAlgorithm byWeights;
    private final Conv2dGeometry ofGroup;
    private final boolean pointwise;
    private final boolean gathers;
    private final boolean byPhases;

    /** Each made when a pass first asks for it: what another pass needs may not fit an array. */
    private @Nullable PaddedPlanes input;
    private @Nullable PaddedPlanes gradient;
    private @Nullable PaddedPlanes strips;
    private int @Nullable [] lines;
    private @Nullable Phases phases;
    private @Nullable WeightTiles weightTiles;

    private ConvPlan(Conv2dGeometry geometry, Conv2dAlgorithm asked) {
        Conv2dAlgorithm summing = summing(geometry, asked);
        pointwise = summing == POINTWISE;
        Conv2dGeometry g = ofGroup(geometry);
        ofGroup = g;
        boolean fits = WINOGRAD.fits(geometry);
        forward = winogradOr(summing, asked, fits && WinogradConv2d.wins(g.batch(), g.inChannels(), g.outChannels(),
                g.outputHeight(), g.outputWidth()));
        Conv2dAlgorithm gathering = summing == DEPTHWISE && DepthwiseConv2d.spreads(g) > MAX_SPREAD
                ? IMPLICIT_GEMM
                : summing;
        byData = winogradOr(gathering, asked, fits
                && WinogradConv2d.wins(g.batch(), g.outChannels(), g.inChannels(), g.height(), g.width()));
        byWeights = fits && WinogradWeightGradient.fits(g)
                ? winogradOr(summing, asked, WinogradWeightGradient.wins(g))
                : summing;
        boolean strides = g.strideHeight() > 1 || g.strideWidth() > 1;
        boolean worthwhile = g.inChannels() >= MIN_GATHERED && (double) g.height() * g.width() <= MAX_GATHERED
                * g.outputPixels() * g.strideHeight() * g.strideWidth();
        gathers = worthwhile && !strides;
        byPhases = worthwhile && strides && Phases.fits(g) && geometry.groups() == 1
                && (long) g.batch() * g.outputPixels() >= MIN_PHASE_PIXELS;
    }

    /** The choice among those that sum tap by tap. */
    private static Conv2dAlgorithm summing(Conv2dGeometry g, Conv2dAlgorithm asked) {
        if (asked == IMPLICIT_GEMM || asked == POINTWISE) {
            return asked;
        }
        if (DepthwiseConv2d.fits(g)) {
            return DEPTHWISE;
        }
        return POINTWISE.fits(g) ? POINTWISE : IMPLICIT_GEMM;
    }

    private static Conv2dAlgorithm winogradOr(Conv2dAlgorithm otherwise, Conv2dAlgorithm asked, boolean wins) {
        return asked == WINOGRAD || (asked == AUTO && wins) ? WINOGRAD : otherwise;
    }

    private static Sweep vertical(Conv2dGeometry g) {
        return Sweep.forward(g.height(), g.outputHeight(), g.kernelHeight(), g.strideHeight(), g.paddingTop(),
                g.dilationHeight());
    }

    private static Sweep horizontal(Conv2dGeometry g) {
        return Sweep.forward(g.width(), g.outputWidth(), g.kernelWidth(), g.strideWidth(), g.paddingLeft(),
                g.dilationWidth());
    }

    private static PaddedPlanes layoutByRows(int channels, Sweep vertical, Sweep horizontal) {
        return layout(channels, vertical, horizontal, PLANES_OF_CHANNEL, DepthwiseRows.ROWS, Integer.MAX_VALUE);
    }

    private static Conv2dGeometry ofGroup(Conv2dGeometry g) {
        return g.groups() == 1
                ? g
                : new Conv2dGeometry(g.batch() * g.groups(), g.inChannels() / g.groups(), g.height(), g.width(),
                        g.outChannels() / g.groups(), g.kernelHeight(), g.kernelWidth(), g.strideHeight(),
                        g.strideWidth(), g.paddingTop(), g.paddingBottom(), g.paddingLeft(), g.paddingRight(),
                        g.dilationHeight(), g.dilationWidth(), 1);
    }

    private static PaddedPlanes layout(int channels, Sweep vertical, Sweep horizontal, int floats, int rowsAtOnce,
            long mostRows) {
        long row = channels * PaddedPlanes.floatsOfRow(vertical, horizontal);
        int outputs = Math.max(vertical.outputs(), 1);
        int least = Math.clamp(vertical.reach(), 1, outputs);
        int rows = Math.clamp(Math.min(floats / Math.max(row, 1) - vertical.reach(), mostRows), least, outputs);
        return new PaddedPlanes(channels, vertical, horizontal, Math.ceilDiv(rows, rowsAtOnce) * rowsAtOnce);
    }

    static ConvPlan of(Conv2dGeometry g, Conv2dAlgorithm asked) {
        Map<Conv2dGeometry, ConvPlan> plans = PLANS.get().computeIfAbsent(asked, a -> new HashMap<>());
        ConvPlan plan = plans.get(g);
        if (plan == null) {
            if (plans.size() == KEPT) {
                plans.clear();
            }
            plan = new ConvPlan(g, asked);
            plans.put(g, plan);
        }
        return plan;
    }

    /** How the output is computed. */
    Conv2dAlgorithm forward() {
        return forward;
    }

    /** How the gradient by data is computed. */
    Conv2dAlgorithm byData() {
        return byData;
    }

    /** How the gradient by weights is computed. */
    Conv2dAlgorithm byWeights() {
        return byWeights;
    }

    /**
     * The same convolution with one group: the channels of a group stand side by side, so each group of an image is an image by
     * itself. Image i has the filters of group i mod groups.
     */
    Conv2dGeometry ofGroup() {
        return ofGroup;
    }

    /** Whether a pixel of the output sees one pixel of the input only, the one at its place. */
    boolean pointwise() {
        return pointwise;
    }

    /** Whether the gradient by data is a convolution of dY; otherwise taps are added up: {@link Col2im}. */
    boolean gathers() {
        return gathers;
    }

    /** Whether the gradient by data is computed phase by phase: {@link PhaseGradient}. */
    boolean byPhases() {
        return byPhases;
    }

    /** Whether the gradient by weights packs no patches: {@link PointwiseGradient} or {@link PlaneGradient}. */
    boolean readsInPlace() {
        return pointwise
                ? PointwiseGradient.fits(ofGroup)
                : PlaneGradient.fits(ofGroup) && PlaneGradient.fits(strips());
    }

    /** The phases, if it is. */
    Phases phases() {
        if (phases == null) {
            Sweep vertical = Phases.vertical(ofGroup).sweep();
            Sweep horizontal = Phases.horizontal(ofGroup).sweep();
            long row = (long) ofGroup.inChannels() * ofGroup.strideHeight() * ofGroup.strideWidth()
                    * horizontal.outputs();
            phases = new Phases(ofGroup, layout(ofGroup.outChannels(), vertical, horizontal, PLANES, 1,
                    Math.max(MAX_PHASES / Math.max(row, 1), 1)));
        }
        return phases;
    }

    /** The tiles of the gradient by weights, if it is computed by tiles. */
    WeightTiles weightTiles() {
        if (weightTiles == null) {
            weightTiles = WeightTiles.of(ofGroup);
        }
        return weightTiles;
    }

    /** The input as forward, and the gradient by weights, see it where they sum tap by tap. */
    PaddedPlanes input() {
        if (input == null) {
            Conv2dGeometry g = ofGroup;
            if (byWeights == DEPTHWISE) {
                input = layoutByRows(1, vertical(g), horizontal(g));
            } else {
                input = pointwise
                        ? PaddedPlanes.NONE
                        : layout(g.inChannels(), vertical(g), horizontal(g), PLANES, 1, Integer.MAX_VALUE);
            }
        }
        return input;
    }

    /** The input as {@link PlaneGradient} sees it: so few rows that the second cache holds them and their dY. */
    PaddedPlanes strips() {
        if (strips == null) {
            Conv2dGeometry g = ofGroup;
            Sweep horizontal = horizontal(g);
            strips = layout(g.inChannels(), vertical(g), horizontal, PLANES / 2, 1,
                    Math.max(PIXELS_OF_STRIP / Math.max(horizontal.outputs() + horizontal.reach(), 1), 1));
        }
        return strips;
    }

    /** Where the lines begin in an image that {@link PointwiseGradient} reads. */
    int[] lines() {
        if (lines == null) {
            int pixels = ofGroup.outputPixels();
            lines = IntStream.range(0, Math.max(ofGroup.inChannels(), ofGroup.outChannels()))
                    .map(line -> line * pixels).toArray();
        }
        return lines;
    }

    /** dY as the gradient by data sees it if it gathers; if depthwise, with zeros where no output stands. */
    PaddedPlanes gradient() {
        if (gradient == null) {
            Conv2dGeometry g = ofGroup;
            boolean depthwise = byData == DEPTHWISE;
            Sweep vertical = Sweep.gradient(g.height(),
                    depthwise ? (g.outputHeight() - 1) * g.strideHeight() + 1 : g.outputHeight(), g.kernelHeight(),
                    g.paddingTop(), g.dilationHeight());
            Sweep horizontal = Sweep.gradient(g.width(),
                    depthwise ? (g.outputWidth() - 1) * g.strideWidth() + 1 : g.outputWidth(), g.kernelWidth(),
                    g.paddingLeft(), g.dilationWidth());
            if (depthwise) {
                gradient = layoutByRows(g.outChannels(), vertical, horizontal);
            } else {
                gradient = pointwise
                        ? PaddedPlanes.NONE
                        : layout(g.outChannels(), vertical, horizontal, PLANES, 1, Integer.MAX_VALUE);
            }
        }
        return gradient;
    }
}

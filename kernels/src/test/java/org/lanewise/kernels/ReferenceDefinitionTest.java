package org.lanewise.kernels;

import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.lanewise.kernels.reference.ReferenceConv2d;
import org.lanewise.kernels.reference.ReferenceGemm;
import org.lanewise.kernels.reference.ReferenceOptimizerSteps;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The reference kernels, which all other tests compare with, against definitions that are written in another way. The operands
 * are small integers where the result is a sum of products, so it is exact in any order.
 */
class ReferenceDefinitionTest {

    /** A^T is stored column after column; the product is a sum of outer products. */
    @Property(tries = 200)
    void gemmIsASumOfOuterProducts(@ForAll @IntRange(max = 5) int m, @ForAll @IntRange(max = 5) int n,
            @ForAll @IntRange(max = 5) int k, @ForAll boolean transA, @ForAll boolean transB, @ForAll long seed) {
        Random random = new Random(seed);
        float[] a = integers(m * k, random);
        float[] b = integers(k * n, random);
        float[] c = integers(m * n, random);
        double[][] expected = new double[m][n];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                expected[i][j] = -2 * c[i * n + j];
            }
        }
        for (int p = 0; p < k; p++) {
            for (int i = 0; i < m; i++) {
                for (int j = 0; j < n; j++) {
                    expected[i][j] += 3 * (transA ? a[p * m + i] : a[i * k + p])
                            * (transB ? b[j * k + p] : b[p * n + j]);
                }
            }
        }
        ReferenceGemm.sgemm(m, n, k, 3, a, 0, transA ? 1 : k, transA ? m : 1, b, 0, transB ? 1 : n, transB ? k : 1,
                -2, c, 0, n);
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                assertThat((double) c[i * n + j]).isEqualTo(expected[i][j]);
            }
        }
    }

    /** Zeros are really put around the image and between the taps; then every stride-th place is kept. */
    @Property(tries = 200)
    void convolutionSlidesADilatedFilterOverAPaddedImage(@ForAll @IntRange(min = 1, max = 7) int size,
            @ForAll @IntRange(min = 1, max = 3) int kernel, @ForAll @IntRange(min = 1, max = 3) int stride,
            @ForAll @IntRange(min = 4, max = 5) int padding, @ForAll @IntRange(min = 1, max = 3) int dilation,
            @ForAll long seed) {
        Random random = new Random(seed);
        Conv2dGeometry g = new Conv2dGeometry(2, 3, size, size + 1, 2, kernel, kernel, stride, stride, padding, padding,
                dilation, dilation);
        float[] x = integers(g.inputSize(), random);
        float[] w = integers(g.weightSize(), random);
        float[] bias = integers(g.outChannels(), random);
        float[] y = new float[g.outputSize()];
        ReferenceConv2d.forward(g, x, 0, w, 0, Epilogue.rowBias(bias, 0), y, 0);
        int window = dilation * (kernel - 1) + 1;
        int at = 0;
        for (int n = 0; n < 2; n++) {
            for (int k = 0; k < 2; k++) {
                double[][] whole = new double[size + 2 * padding - window + 1][size + 1 + 2 * padding - window + 1];
                for (int c = 0; c < 3; c++) {
                    double[][] image = spread(x, (n * 3 + c) * size * (size + 1), size, size + 1, 1, padding);
                    double[][] filter = spread(w, (k * 3 + c) * kernel * kernel, kernel, kernel, dilation, 0);
                    slide(image, filter, whole);
                }
                for (int u = 0; u < whole.length; u += stride) {
                    for (int v = 0; v < whole[0].length; v += stride) {
                        assertThat((double) y[at++]).isEqualTo(whole[u][v] + bias[k]);
                    }
                }
            }
        }
        assertThat(at).isEqualTo(y.length);
    }

    /** A padded image is the image with zeros around it, and each group is a convolution of its own channels. */
    @Property(tries = 200)
    void convolutionWithGroupsIsOneForEachOfThem(@ForAll @IntRange(min = 1, max = 3) int groups,
            @ForAll @IntRange(min = 1, max = 2) int channels, @ForAll @IntRange(min = 1, max = 2) int filters,
            @ForAll @IntRange(min = 0, max = 2) int top, @ForAll @IntRange(min = 0, max = 2) int bottom,
            @ForAll @IntRange(min = 0, max = 2) int left, @ForAll @IntRange(min = 0, max = 2) int right,
            @ForAll long seed) {
        Random random = new Random(seed);
        Conv2dGeometry g = Conv2dGeometry.builder(1, groups * channels, 4, 5, groups * filters, 3, 2).withStride(1, 2)
                .withPadding(top, bottom, left, right).withGroups(groups).build();
        float[] x = integers(g.inputSize(), random);
        float[] w = integers(g.weightSize(), random);
        float[] y = new float[g.outputSize()];
        ReferenceConv2d.forward(g, x, 0, w, 0, Epilogue.NONE, y, 0);
        Conv2dGeometry one = Conv2dGeometry.builder(1, channels, 4 + top + bottom, 5 + left + right, filters, 3, 2)
                .withStride(1, 2).build();
        float[] padded = new float[groups * one.inputSize()];
        for (int row = 0; row < groups * channels * 4; row++) {
            int to = (row / 4 * one.height() + row % 4 + top) * one.width() + left;
            System.arraycopy(x, row * 5, padded, to, 5);
        }
        float[] expected = new float[y.length];
        for (int i = 0; i < groups; i++) {
            ReferenceConv2d.forward(one, padded, i * one.inputSize(), w, i * one.weightSize(), Epilogue.NONE, expected,
                    i * one.outputSize());
        }
        assertThat(y).isEqualTo(expected);
    }

    /** rows x columns values, {@code step} apart, with zeros between and around. */
    private static double[][] spread(float[] values, int from, int rows, int columns, int step, int padding) {
        double[][] result = new double[step * (rows - 1) + 1 + 2 * padding][step * (columns - 1) + 1 + 2 * padding];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                result[padding + step * i][padding + step * j] = values[from + i * columns + j];
            }
        }
        return result;
    }

    private static void slide(double[][] image, double[][] filter, double[][] sums) {
        for (int u = 0; u < sums.length; u++) {
            for (int v = 0; v < sums[0].length; v++) {
                for (int r = 0; r < filter.length; r++) {
                    for (int s = 0; s < filter[0].length; s++) {
                        sums[u][v] += filter[r][s] * image[u + r][v + s];
                    }
                }
            }
        }
    }

    @Property(tries = 200)
    void convolutionsBackwardAreAdjointToForward(@ForAll @IntRange(min = 1, max = 7) int size,
            @ForAll @IntRange(min = 1, max = 3) int kernel, @ForAll @IntRange(min = 1, max = 3) int stride,
            @ForAll @IntRange(min = 2, max = 3) int padding, @ForAll @IntRange(min = 1, max = 2) int dilation,
            @ForAll long seed) {
        Random random = new Random(seed);
        Conv2dGeometry g = new Conv2dGeometry(2, 3, size, size + 1, 2, kernel, kernel, stride, stride, padding, padding,
                dilation, dilation);
        float[] x = integers(g.inputSize(), random);
        float[] w = integers(g.weightSize(), random);
        float[] dY = integers(g.outputSize(), random);
        float[] y = new float[dY.length];
        float[] dX = x.clone();
        float[] dW = w.clone();
        ReferenceConv2d.forward(g, x, 0, w, 0, Epilogue.NONE, y, 0);
        ReferenceConv2d.backwardData(g, w, 0, dY, 0, 1, dX, 0);
        ReferenceConv2d.backwardWeights(g, x, 0, dY, 0, -2, dW, 0);
        assertThat(dot(x, dX)).isEqualTo(dot(y, dY) + dot(x, x));
        assertThat(dot(w, dW)).isEqualTo(dot(y, dY) - 2 * dot(w, w));
    }

    /** The lines of PyTorch's documentation, in their order. */
    @Property(tries = 200)
    void sgdIsPyTorchs(@ForAll boolean nesterov, @ForAll boolean first, @ForAll boolean decays, @ForAll long seed) {
        Random random = new Random(seed);
        float weightDecay = decays ? 0.25f : 0;
        float[] p = integers(1, random);
        float[] gradient = integers(1, random);
        float[] velocity = integers(1, random);
        double g = gradient[0];
        if (weightDecay != 0) {
            g = g + weightDecay * p[0];
        }
        double b = first ? g : 0.5 * velocity[0] + (1 - 0.125) * g;
        g = nesterov ? g + 0.5 * b : b;
        double expected = p[0] - 0.0625 * g;
        ReferenceOptimizerSteps.sgdMomentum(1, p, 0, gradient, 0, velocity, 0, 0.0625f, 0.5f, first ? 0 : 0.5f,
                first ? 1 : 1 - 0.125f, weightDecay, nesterov);
        assertThat((double) p[0]).isEqualTo(expected);
        assertThat((double) velocity[0]).isEqualTo(b);
    }

    private static double dot(float[] a, float[] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> (double) a[i] * b[i]).sum();
    }

    private static float[] integers(int n, Random random) {
        return values(n, () -> random.nextInt(-8, 9));
    }

    private static float[] values(int n, DoubleSupplier supplier) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) supplier.getAsDouble();
        }
        return values;
    }
}

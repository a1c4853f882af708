package org.lanewise.kernels;

/**
 * What the rounding errors of Winograd's filtering are relative to: the same sums with absolute values of all numbers and of all
 * coefficients,
 *
 * <pre>
 *   |A^T| [ sum over c of (|G| |g| |G^T|) .* (|B^T| |d| |B|) ] |A|
 * </pre>
 *
 * Plain loops in double precision; an input that tiles do not see is none.
 */
final class WinogradMagnitude {

    private static final double[][] B = {{1, 0, 1, 0}, {0, 1, 1, 0}, {0, 1, 1, 0}, {0, 1, 0, 1}};
    private static final double[][] G = {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, 0.5, 0.5}, {0, 0, 1}};
    private static final double[][] A = {{1, 1, 1, 0}, {0, 1, 1, 1}};

    private WinogradMagnitude() {
    }

    /** For the outputs of a convolution. */
    static Padded forward(Conv2dGeometry g, Padded x, Padded w, Padded like) {
        return of(g.batch(), g.inChannels(), g.height(), g.width(), g.paddingTop(), g.paddingLeft(), x,
                g.outChannels(), g.outputHeight(), g.outputWidth(),
                (k, c, r, s) -> w.get(((k * g.inChannels() + c) * 3 + r) * 3 + s), like);
    }

    /** For the gradient by data. */
    static Padded backwardData(Conv2dGeometry g, Padded w, Padded dY, Padded like) {
        return of(g.batch(), g.outChannels(), g.outputHeight(), g.outputWidth(), 2 - g.paddingTop(),
                2 - g.paddingLeft(), dY, g.inChannels(), g.height(), g.width(),
                (c, k, r, s) -> w.get(((k * g.inChannels() + c) * 3 + 2 - r) * 3 + 2 - s), like);
    }

    /** For the gradient by weights: |G^T| [ sum over tiles of (|A| |dy| |A^T|) .* (|B^T| |d| |B|) ] |G|. */
    static Padded backwardWeights(Conv2dGeometry g, Padded x, Padded dY, Padded like) {
        Padded result = like.copy();
        int rows = g.outputHeight();
        int columns = g.outputWidth();
        for (int k = 0; k < g.outChannels(); k++) {
            for (int c = 0; c < g.inChannels(); c++) {
                double[][] sum = new double[4][4];
                for (int n = 0; n < g.batch(); n++) {
                    for (int u = 0; u < rows; u += 2) {
                        for (int v = 0; v < columns; v += 2) {
                            double[][] d = tile(x, (n * g.inChannels() + c) * g.height() * g.width(), g.height(),
                                    g.width(), u - g.paddingTop(), v - g.paddingLeft(), 4);
                            double[][] e = tile(dY, (n * g.outChannels() + k) * rows * columns, rows, columns, u, v, 2);
                            double[][] product = times(sandwich(transpose(A), e), sandwich(B, d));
                            for (int i = 0; i < 16; i++) {
                                sum[i / 4][i % 4] += product[i / 4][i % 4];
                            }
                        }
                    }
                }
                double[][] taps = sandwich(transpose(G), sum);
                for (int t = 0; t < 9; t++) {
                    result.set(0, (k * g.inChannels() + c) * 9 + t, (float) taps[t / 3][t % 3]);
                }
            }
        }
        return result;
    }

    private static double[][] transpose(double[][] m) {
        double[][] result = new double[m[0].length][m.length];
        for (int i = 0; i < m.length; i++) {
            for (int j = 0; j < m[0].length; j++) {
                result[j][i] = m[i][j];
            }
        }
        return result;
    }

    @FunctionalInterface
    private interface Filters {
        double at(int output, int input, int row, int column);
    }

    private static Padded of(int images, int inputs, int height, int width, int top, int left, Padded x, int outputs,
            int rows, int columns, Filters filters, Padded like) {
        Padded result = like.copy();
        for (int n = 0; n < images; n++) {
            for (int k = 0; k < outputs; k++) {
                for (int u = 0; u < rows; u++) {
                    for (int v = 0; v < columns; v++) {
                        double sum = 0;
                        for (int c = 0; c < inputs; c++) {
                            double[][] d = tile(x, (n * inputs + c) * height * width, height, width, u / 2 * 2 - top,
                                    v / 2 * 2 - left, 4);
                            double[][] f = new double[3][3];
                            for (int t = 0; t < 9; t++) {
                                f[t / 3][t % 3] = Math.abs(filters.at(k, c, t / 3, t % 3));
                            }
                            double[][] product = times(sandwich(G, f), sandwich(B, d));
                            sum += sandwich(A, product)[u % 2][v % 2];
                        }
                        result.set(0, ((n * outputs + k) * rows + u) * columns + v, (float) sum);
                    }
                }
            }
        }
        return result;
    }

    private static double[][] tile(Padded x, int plane, int height, int width, int row, int column,
            int side) {
        double[][] d = new double[side][side];
        for (int i = 0; i < side; i++) {
            for (int j = 0; j < side; j++) {
                boolean inside = row + i >= 0 && row + i < height && column + j >= 0 && column + j < width;
                d[i][j] = inside ? Math.abs(x.get(plane + (row + i) * width + column + j)) : 0;
            }
        }
        return d;
    }

    private static double[][] times(double[][] a, double[][] b) {
        double[][] result = new double[a.length][a.length];
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < a.length; j++) {
                result[i][j] = a[i][j] * b[i][j];
            }
        }
        return result;
    }

    /** T X T^T. */
    private static double[][] sandwich(double[][] t, double[][] x) {
        double[][] result = new double[t.length][t.length];
        for (int i = 0; i < t.length; i++) {
            for (int j = 0; j < t.length; j++) {
                for (int p = 0; p < x.length; p++) {
                    for (int q = 0; q < x.length; q++) {
                        result[i][j] += t[i][p] * x[p][q] * t[j][q];
                    }
                }
            }
        }
        return result;
    }
}

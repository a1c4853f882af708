package org.lanewise.kernels.gemm;

import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.vector.CacheSizes;
import org.lanewise.kernels.vector.Lanes;

/**
 * The sizes of the blocks that a product is cut into, and the rule that they follow.
 *
 * <ul>
 * <li>{@link #KC} is the same on every machine, because it decides the order of the sums and with it the bits: a panel of A
 * (MR x KC floats) takes 12 KB at 512 bits and 6 KB below, and stays in the L1 cache beside the panels of B that pass by.
 * <li>{@link #NC}: a block of B (KC x NC) takes half of the L2 cache, and its panels are streamed from there.
 * <li>{@link #FEW_ROWS}: a block of A that takes an eighth of L2. With no more rows, B is packed panel by panel and meets all
 * of A at once.
 * <li>{@link #IN_PLACE}: a small product whose B takes no more than a thirty-second of L2 (64 KB of 2 MB, 16 of 512) is
 * multiplied without packing: see {@link GemmPath}.
 * <li>{@link #MC}: a block of A where B has several blocks. It is read once for each of them, from L3.
 * </ul>
 *
 * GFLOP/s on one core with AVX-512 and 2 MB of L2, alternating: KC 256 and NC 1024 170 at 1024x1024x1024, KC 384 and NC 672
 * 162, KC 512 165. The scratch memory of a thread that multiplies is
 * {@code KC * (MC + NC)} elements, 2.4 MB there, and at least 2 MB: see {@link org.lanewise.kernels.vector.Workspace}.
 *
 * <p>
 * The system properties {@code lanewise.gemm.kc}, {@code .mc}, {@code .nc}, {@code .fewRows}, {@code .inPlace}, {@code .halfL2} and
 * {@code .perThread} overrule them, for experiments and so that tests reach every way with small matrices.
 */
public final class Blocking {

    /** What counts of an L2 cache: some machines call a cache that several cores share by that name. */
    private static final int MAX_L2 = 4 * 1024 * 1024;

    private static final int MAX_LINES = 65_536;

    /** Steps of a block: how many products are summed in registers before C is touched. */
    public static final int KC = property("lanewise.gemm.kc", 256, 16_384);

    /** Rows of a block of A, a multiple of MR. */
    static final int MC = multipleBelow(property("lanewise.gemm.mc", 1344, MAX_LINES), MicroKernel.MR);

    /** Columns of a block of B, a multiple of NR. */
    static final int NC = multipleBelow(
            property("lanewise.gemm.nc", Math.min(CacheSizes.L2, MAX_L2) / 2 / (KC * Float.BYTES), MAX_LINES),
            MicroKernel.NR);

    /** Rows up to which a product's A is packed whole, and B panel by panel. */
    static final int FEW_ROWS = property("lanewise.gemm.fewRows",
            Math.min(CacheSizes.L2, MAX_L2) / 8 / (KC * Float.BYTES),
            MAX_LINES);

    /** Elements of a B that is read where it stands, over and over. */
    static final int IN_PLACE = property("lanewise.gemm.inPlace", Math.min(CacheSizes.L2, MAX_L2) / 32 / Float.BYTES,
            1 << 30);

    /** Elements that fill half of L2: a matrix with no more stays there. */
    public static final int HALF_L2 = property("lanewise.gemm.halfL2",
            Math.min(CacheSizes.L2, MAX_L2) / 2 / Float.BYTES,
            1 << 30);

    /** Steps of a shallow product: see {@link #isFewRows}. */
    private static final int SHALLOW = KC / 2;

    /** Multiply-adds that are worth another thread: 64^3 take 4 us on one core, about what it costs to wake a second one. */
    public static final int PER_THREAD = property("lanewise.gemm.perThread", 64 * 64 * 64, 1 << 30);

    private Blocking() {
    }

    /**
     * The length of each part if {@code total} is cut into the fewest parts of at most {@code limit}, all but the last of equal
     * length and a multiple of {@code unit}: 400 with limit 384 is cut into 200 + 200 and not into 384 + 16.
     */
    public static int evenPart(int total, int limit, int unit) {
        int parts = Math.ceilDiv(total, limit);
        return parts <= 1 ? Math.max(total, 1) : Math.ceilDiv(Math.ceilDiv(total, parts), unit) * unit;
    }

    /** How many threads to give a product. */
    public static int threads(int m, int n, int k, Parallelism parallelism) {
        return Math.clamp((long) m * n * k / PER_THREAD, 1, parallelism.threads());
    }

    /** The same if the work is to read a large matrix once: 64 K floats take some 10 us from the L2 cache. */
    public static int threads(int rows, int columns, Parallelism parallelism) {
        return Math.clamp(4L * rows * columns / PER_THREAD, 1, parallelism.threads());
    }

    /** Steps of each block of a product with k steps. It depends on k alone, because it decides the order of the sums. */
    public static int depth(int k) {
        return evenPart(k, KC, 1);
    }

    /**
     * Whether to pack A whole and to go down the columns of C, with one panel of B at a time. Not if C is large and there is
     * little to multiply for each of its elements, because then the walk counts: 64x27x12544 runs at 101 GFLOP/s along the rows
     * and at 76 down the columns, 64x128x1024 at 127 and 137.
     */
    static boolean isFewRows(int rows, int columns, int depth) {
        return rows <= FEW_ROWS && (depth > SHALLOW || (long) rows * columns <= HALF_L2);
    }

    /** Floats of the packed panels of so many lines, and a slack of one vector: see {@link Operand#pack}. */
    static int panels(int lines, int width, int depth) {
        return Math.ceilDiv(lines, width) * width * depth + Lanes.COUNT;
    }

    private static int multipleBelow(int limit, int unit) {
        return Math.max(limit / unit, 1) * unit;
    }

    /** A size that a system property may overrule; it is bounded so that no scratch array outgrows an int. */
    public static int property(String name, int otherwise, int most) {
        String value = System.getProperty(name);
        if (value == null) {
            return otherwise;
        }
        try {
            int size = Integer.parseInt(value);
            if (size >= 1 && size <= most) {
                return size;
            }
        } catch (NumberFormatException e) {
            // told below, together with numbers out of range
        }
        throw new IllegalArgumentException(
                "system property " + name + "=" + value + ": expected an integer from 1 to " + most);
    }
}

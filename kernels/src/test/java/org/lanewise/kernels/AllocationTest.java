package org.lanewise.kernels;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.lanewise.kernels.Transpose.NO;
import static org.lanewise.kernels.Transpose.YES;

/**
 * Compiled kernels allocate nothing in their loops. If the compiler gives up inlining a vector method, every vector becomes an
 * object and the kernel ten times slower: a cliff that no other test would see.
 */
class AllocationTest {

    /**
     * Bytes a call, whatever the sizes: the records and lambdas of a facade, up to 200 for each of the five products of the
     * recurrent cell. The smallest kernel here makes 60 vectors, and a boxed one takes at least 100.
     */
    static final long BOUND = 1024;

    /** So many calls are counted together: an allocation of the JVM's own between them weighs little. */
    private static final int CALLS = 200;

    static final Duration WARM_UP = Duration.ofSeconds(15);

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final Parallelism SERIAL = Parallelism.serial();

    private static final int N = 1000;
    private final float[] x = new Recipe(0, 0, 0, Recipe.Values.PLAIN, 1).contiguous(1 << 18).array();
    private final float[] y = x.clone();
    private final float[] z = x.clone();
    private final float[] positive = x.clone();
    /** With a number in each vector that is none for the short ways. */
    private final float[] unusual = x.clone();
    private final float[] nan = x.clone();
    private final float[] v = x.clone();
    private final float[] square = Arrays.copyOf(x, 13 * 13);
    private final float[] result = new float[13 * 13];

    AllocationTest() {
        for (int i = 0; i < N; i++) {
            positive[i] = Math.abs(x[i]) + Float.MIN_NORMAL;
            nan[i] = Float.NaN;
            unusual[i] = i % 4 == 0 ? Float.NEGATIVE_INFINITY : x[i];
        }
    }

    @BeforeAll
    static void vectorKernelsRun() {
        Backend backend = Backend.current();
        assumeTrue(backend.vectorized(), () -> "only vectors are boxed; this JVM runs the " + backend);
    }

    @TestFactory
    Stream<DynamicTest> products() {
        return Stream.of(
                call("gemm", () -> gemm(NO, NO)),
                call("gemm, A transposed", () -> gemm(YES, NO)),
                call("gemm, B transposed", () -> gemm(NO, YES)),
                call("gemm, both transposed", () -> gemm(YES, YES)),
                call("gemv", () -> Gemv.sgemv(NO, 61, 67, 1, x, 0, 67, y, 0, 1, 0, z, 0, 1, SERIAL)),
                call("gemv, strided", () -> Gemv.sgemv(NO, 61, 67, 1, x, 0, 67, y, 0, 2, 2, z, 0, 3, SERIAL)),
                call("gemv, transposed", () -> Gemv.sgemv(YES, 61, 67, 1, x, 0, 67, y, 0, 1, 0, z, 0, 1, SERIAL)));
    }

    /** Two blocks of steps or more, and edges in both directions. */
    private void gemm(Transpose transA, Transpose transB) {
        int m = 41;
        int n = 43;
        int k = 401;
        Gemm.sgemm(transA, transB, m, n, k, 0.5f, x, 0, transA == NO ? k : m, y, 0, transB == NO ? n : k,
                0.5f, z, 0, n, SERIAL);
    }

    /** Not even a small object, on the calling thread, whatever the path and the number of threads. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void productsAllocateNothing(int threads) {
        try (Parallelism team = Parallelism.of(threads)) {
            Epilogue epilogue = new Epilogue(Epilogue.Bias.ROW, v, 0, true);
            PackedMatrix left = PackedMatrix.left(NO, 70, 131, 1, x, 0, 131);
            PackedMatrix right = PackedMatrix.right(NO, 131, 75, y, 0, 75);
            Map<String, Runnable> calls = new LinkedHashMap<>();
            calls.put("tiny", () -> product(NO, 4, 4, 4, team));
            calls.put("direct, one vector of columns", () -> product(NO, 16, 16, 16, team));
            calls.put("direct, to the ends of the arrays", () -> exact(13, team));
            calls.put("outer", () -> product(NO, 401, 401, 1, team));
            calls.put("direct", () -> product(NO, 32, 32, 32, team));
            calls.put("direct, wide", () -> product(NO, 91, 100, 87, team));
            calls.put("row", () -> product(NO, 1, 401, 401, team));
            calls.put("column", () -> product(NO, 401, 1, 401, team));
            calls.put("skinny, by dot products", () -> product(YES, 5, 401, 401, team));
            calls.put("skinny, added", () -> Gemm.sgemm(YES, NO, 401, 5, 401, 1, x, 0, 401, y, 0, 5, 0, z, 0, 5, team));
            calls.put("blocked", () -> product(NO, 150, 130, 140, team));
            calls.put("blocked, B transposed", () -> product(YES, 70, 75, 131, team));
            calls.put("blocked, finished", () -> Gemm.sgemm(NO, YES, 70, 75, 131, 1, x, 0, 131, y, 0, 131, 0, z, 0, 75,
                    epilogue, team));
            calls.put("A packed", () -> Gemm.sgemm(left, NO, 75, y, 0, 75, 0, z, 0, 75, Epilogue.NONE, team));
            calls.put("B packed", () -> Gemm.sgemm(NO, 70, 1, x, 0, 131, right, 0, z, 0, 75, Epilogue.NONE, team));
            calls.put("batched", () -> Gemm.sgemmBatched(9, NO, NO, 40, 40, 40, 1, x, 0, 40, 1600, y, 0, 40, 1600,
                    0, z, 0, 40, 1600, team));
            calls.put("matrix-vector, transposed", () -> Gemv.sgemv(YES, 401, 401, 1, x, 0, 401, y, 0, 2, 0, z, 0, 2,
                    team));
            calls.forEach((path, call) -> {
                long bytes = Long.MAX_VALUE;
                long end = System.nanoTime() + WARM_UP.toNanos();
                while (bytes > 0 && System.nanoTime() < end) {
                    bytes = bytesPerCall(call);
                }
                assertThat(bytes).as("bytes that a %s product allocates", path).isZero();
            });
        }
    }

    /** No vector may reach beyond the last element, masked or not: that would be boxed. */
    private void exact(int n, Parallelism team) {
        Gemm.sgemm(NO, NO, n, n, n, 1, square, 0, n, square, 0, n, 1, result, 0, n, team);
    }

    private void product(Transpose transB, int m, int n, int k, Parallelism team) {
        Gemm.sgemm(NO, transB, m, n, k, 1, x, 0, k, y, 0, transB == NO ? n : k, 0, z, 0, n, team);
    }

    @TestFactory
    Stream<DynamicTest> images() {
        Conv2dGeometry conv = Conv2dGeometry.square(2, 3, 17, 17, 8, 3, 1, 1);
        PackedConv2d packed = PackedConv2d.of(conv, y, 0);
        Conv2dGeometry lanes = Conv2dGeometry.square(2, 3, 17, 17, 64, 3, 1, 1);
        Conv2dGeometry pointwise = Conv2dGeometry.square(2, 64, 17, 17, 128, 1, 1, 0);
        Pool2dGeometry pool = Pool2dGeometry.square(4, 34, 34, 2, 2);
        byte[] places = new byte[pool.indexBytes()];
        Pool2dGeometry overlapping = Pool2dWindow.square(3).withStride(2, 2).withPadding(1, 1).over(4, 34, 34);
        byte[] overlappingPlaces = new byte[overlapping.indexBytes()];
        return Stream.of(
                call("convolution", () -> Conv2d.forward(conv, x, 0, y, 0, v, 0, z, 0, SERIAL)),
                call("Winograd", () -> Conv2d.forward(conv, Conv2dAlgorithm.WINOGRAD, x, 0, y, 0, Epilogue.NONE, z, 0,
                        SERIAL)),
                call("convolution of packed weights", () -> packed.forward(conv, Conv2dAlgorithm.AUTO, x, 0,
                        Epilogue.RELU, 1, z, 0, SERIAL)),
                call("Winograd of packed weights", () -> packed.forward(conv, Conv2dAlgorithm.WINOGRAD, x, 0,
                        Epilogue.RELU, 1, z, 0, SERIAL)),
                call("Winograd by data", () -> Conv2d.backwardData(conv, Conv2dAlgorithm.WINOGRAD, x, 0, y, 0, 0, z, 0,
                        SERIAL)),
                call("convolution by data", () -> Conv2d.backwardData(conv, x, 0, y, 0, 0, z, 0, SERIAL)),
                call("convolution by weights", () -> Conv2d.backwardWeights(conv, x, 0, y, 0, 0, z, 0, SERIAL)),
                call("convolution by weights, filters in lanes",
                        () -> Conv2d.backwardWeights(lanes, x, 0, y, 0, 0, z, 0, SERIAL)),
                call("pointwise convolution by weights",
                        () -> Conv2d.backwardWeights(pointwise, x, 0, y, 0, 0, z, 0, SERIAL)),
                call("max pooling 3x3", () -> MaxPool2d.forward(overlapping, x, 0, z, 0, overlappingPlaces, SERIAL)),
                call("max pooling", () -> MaxPool2d.forward(pool, x, 0, z, 0, places, SERIAL)),
                call("max pooling backward", () -> MaxPool2d.backward(pool, places, y, 0, 0, z, 0, SERIAL)));
    }

    /** One of each depthwise kernel: taps side by side, with stride, five in a row, any; and products by groups. */
    @TestFactory
    Stream<DynamicTest> groups() {
        var sizes = Conv2dGeometry.builder(2, 5, 21, 37, 10, 3, 3).withGroups(5);
        Map<String, Conv2dGeometry> geometries = new LinkedHashMap<>();
        geometries.put("3x3", sizes.withPadding(1, 1).build());
        geometries.put("3x3, stride 2", sizes.withStride(2, 2).build());
        geometries.put("5x5", Conv2dGeometry.builder(2, 5, 21, 37, 5, 5, 5).withPadding(2, 2).withGroups(5).build());
        geometries.put("2x4", Conv2dGeometry.builder(2, 5, 21, 37, 5, 2, 4).withGroups(5).build());
        geometries.put("3 groups",
                Conv2dGeometry.builder(2, 6, 17, 17, 9, 3, 3).withPadding(1, 1).withGroups(3).build());
        return geometries.entrySet().stream().flatMap(entry -> {
            Conv2dGeometry g = entry.getValue();
            String name = "convolution of groups, " + entry.getKey();
            return Stream.of(call(name, () -> Conv2d.forward(g, x, 0, y, 0, v, 0, z, 0, SERIAL)),
                    call(name + ", by data", () -> Conv2d.backwardData(g, x, 0, y, 0, 0, z, 0, SERIAL)),
                    call(name + ", by weights", () -> Conv2d.backwardWeights(g, x, 0, y, 0, 0, z, 0, SERIAL)));
        });
    }

    @TestFactory
    Stream<DynamicTest> activations() {
        return Stream.of(
                call("relu", () -> Activations.relu(N, x, 0, z, 0, SERIAL)),
                call("relu backward", () -> Activations.reluBackward(N, x, 0, y, 0, z, 0, SERIAL)),
                call("tanh", () -> Activations.tanh(N, x, 0, z, 0, SERIAL)),
                call("tanh backward", () -> Activations.tanhBackward(N, x, 0, y, 0, z, 0, SERIAL)),
                call("sigmoid", () -> Activations.sigmoid(N, x, 0, z, 0, SERIAL)),
                call("sigmoid backward", () -> Activations.sigmoidBackward(N, x, 0, y, 0, z, 0, SERIAL)));
    }

    @TestFactory
    Stream<DynamicTest> linearUnits() {
        return Stream.of(
                call("exp", () -> Exponentials.exp(N, x, 0, z, 0, SERIAL)),
                call("exp, unusual", () -> Exponentials.exp(N, unusual, 0, z, 0, SERIAL)),
                call("log", () -> Exponentials.log(N, positive, 0, z, 0, SERIAL)),
                call("log, unusual", () -> Exponentials.log(N, unusual, 0, z, 0, SERIAL)),
                call("silu", () -> LinearUnits.silu(N, x, 0, z, 0, SERIAL)),
                call("silu backward", () -> LinearUnits.siluBackward(N, x, 0, y, 0, z, 0, SERIAL)),
                call("gelu", () -> LinearUnits.gelu(N, x, 0, z, 0, SERIAL)),
                call("gelu backward", () -> LinearUnits.geluBackward(N, x, 0, y, 0, z, 0, SERIAL)),
                call("gelu by tanh", () -> LinearUnits.geluTanh(N, x, 0, z, 0, SERIAL)),
                call("gelu by tanh backward", () -> LinearUnits.geluTanhBackward(N, x, 0, y, 0, z, 0, SERIAL)),
                call("softplus", () -> LinearUnits.softplus(N, 1, 20, x, 0, z, 0, SERIAL)),
                call("softplus backward", () -> LinearUnits.softplusBackward(N, 1, 20, x, 0, y, 0, z, 0, SERIAL)),
                call("elu", () -> LinearUnits.elu(N, 1, x, 0, z, 0, SERIAL)),
                call("elu backward", () -> LinearUnits.eluBackward(N, 1, x, 0, y, 0, z, 0, SERIAL)),
                call("leaky relu", () -> LinearUnits.leakyRelu(N, 0.1f, x, 0, z, 0, SERIAL)),
                call("leaky relu backward", () -> LinearUnits.leakyReluBackward(N, 0.1f, x, 0, y, 0, z, 0, SERIAL)));
    }

    @TestFactory
    Stream<DynamicTest> elementwiseAndSums() {
        return Stream.of(
                call("add", () -> Elementwise.add(N, x, 0, y, 0, z, 0, SERIAL)),
                call("subtract", () -> Elementwise.subtract(N, x, 0, y, 0, z, 0, SERIAL)),
                call("multiply", () -> Elementwise.multiply(N, x, 0, y, 0, z, 0, SERIAL)),
                call("divide", () -> Elementwise.divide(N, x, 0, y, 0, z, 0, SERIAL)),
                call("row divided",
                        () -> Elementwise.broadcast(Arithmetic.DIVIDE, 10, 100, 1, x, 0, y, 0, z, 0, SERIAL)),
                call("column subtracted", () -> Elementwise.broadcast(Arithmetic.SUBTRACT_FROM, 1, 10, 100, x, 0, y, 0,
                        z, 0, SERIAL)),
                call("number added", () -> Elementwise.broadcast(Arithmetic.ADD, 1, 1, N, x, 0, y, 0, z, 0, SERIAL)),
                call("column divided into", () -> Elementwise.broadcast(Arithmetic.DIVIDE_INTO, 1, 10, 100, x, 0, y, 0,
                        z, 0, SERIAL)),
                call("axpby", () -> Elementwise.axpby(N, 0.5f, x, 0, 0.5f, z, 0, SERIAL)),
                call("affine of channels", () -> Elementwise.channelAffine(2, 5, 100, x, 0, y, 0, v, 0, z, 0, SERIAL)),
                call("row bias", () -> Elementwise.addRowBias(10, 100, x, 0, z, 0, 100)),
                call("sum", () -> Reductions.sum(N, x, 0)),
                call("squared differences", () -> Reductions.sumOfSquaredDifferences(N, x, 0, y, 0)),
                call("column sums", () -> Reductions.columnSums(10, 100, x, 0, 100, 0.5f, z, 0, SERIAL)),
                call("channel sums", () -> Reductions.channelSums(2, 5, 100, x, 0, 0.5f, z, 0)));
    }

    @TestFactory
    Stream<DynamicTest> reductions() {
        return Stream.concat(Stream.of(call("argmax", () -> Reductions.argmax(N, x, 0)),
                call("argmax of NaN", () -> Reductions.argmax(N, nan, 0))),
                Stream.of(Reduction.values()).flatMap(r -> Stream.of(
                        call(r + " of all", () -> Reductions.reduce(r, N, x, 0)),
                        call(r + " of rows", () -> Reductions.rows(r, 10, 100, x, 0, 100, z, 0, SERIAL)),
                        call(r + " of columns", () -> Reductions.columns(r, 10, 100, x, 0, 100, z, 0, SERIAL)))));
    }

    @TestFactory
    Stream<DynamicTest> normsAndDropout() {
        float[] a = new float[100];
        float[] b = new float[100];
        float[] c = new float[100];
        return Stream.of(
                call("layer norm", () -> LayerNorm.forward(10, 100, x, 0, y, 0, v, 0, 1e-5f, z, 0, a, 0, b, 0, SERIAL)),
                call("layer norm backward",
                        () -> LayerNorm.backward(10, 100, x, 0, y, 0, v, 0, v, 0, x, 0, z, 0, SERIAL)),
                call("layer norm by weight",
                        () -> LayerNorm.backwardWeight(10, 100, x, 0, v, 0, v, 0, y, 0, a, 0, SERIAL)),
                call("batch norm", () -> BatchNorm.forward(2, 5, 100, x, 0, y, 0, v, 0, 1e-5f, z, 0, a, b, c, SERIAL)),
                call("batch norm backward",
                        () -> BatchNorm.backward(2, 5, 100, x, 0, y, 0, v, v, y, 0, z, 0, a, b, SERIAL)),
                call("batch norm of rows", () -> BatchNorm.forward(10, 100, 1, x, 0, y, 0, v, 0, 1e-5f, z, 0, a, b, c,
                        SERIAL)),
                call("batch norm of rows backward",
                        () -> BatchNorm.backward(10, 100, 1, x, 0, y, 0, v, v, y, 0, z, 0, a, b,
                                SERIAL)),
                call("dropout", () -> Dropout.apply(N, 0.5, 1, x, 0, z, 0, SERIAL)));
    }

    @TestFactory
    Stream<DynamicTest> softmax() {
        int[] labels = new int[10];
        return Stream.of(
                call("softmax", () -> Softmax.softmax(10, 100, x, 0, z, 0, SERIAL)),
                call("softmax backward", () -> Softmax.softmaxBackward(10, 100, x, 0, y, 0, z, 0, SERIAL)),
                call("log softmax", () -> Softmax.logSoftmax(10, 100, x, 0, z, 0, SERIAL)),
                call("log softmax backward", () -> Softmax.logSoftmaxBackward(10, 100, x, 0, y, 0, z, 0, SERIAL)),
                call("cross entropy", () -> CrossEntropy.forward(10, 100, x, 0, labels, 0, z, 0, SERIAL)),
                call("cross entropy backward", () -> CrossEntropy.backward(10, 100, 1, x, 0, labels, 0, z, 0, SERIAL)));
    }

    @TestFactory
    Stream<DynamicTest> optimizerSteps() {
        return Stream.of(
                call("sgd", () -> sgd(null, false, false)),
                call("sgd, first with momentum", () -> sgd(v, false, true)),
                call("sgd, momentum", () -> sgd(v, false, false)),
                call("sgd, nesterov", () -> sgd(v, true, false)));
    }

    private void sgd(float[] velocity, boolean nesterov, boolean first) {
        OptimizerSteps.sgd(N, z, 0, x, 0, velocity, 0, 0.01f, 0.9f, 0.1f, 0.1f, nesterov, first, SERIAL);
    }

    @TestFactory
    Stream<DynamicTest> recurrentCells() {
        Recurrence.Weights weights = new Recurrence.Weights(x, x, x, x);
        Recurrence.States states = new Recurrence.States(y, y, 0);
        float[] saved = x.clone();
        Recurrence.States results = new Recurrence.States(new float[N], new float[N], 0);
        Recurrence.Gradients gradients = new Recurrence.Gradients(new float[N], 0, results, new float[4 * N],
                new float[4 * N], new float[N], new float[N]);
        return Stream.of(RecurrentCell.values()).flatMap(cell -> {
            RnnGeometry many = RnnGeometry.of(cell, 3, 5, 21, 19);
            RnnGeometry one = RnnGeometry.of(cell, 3, 1, 21, 19);
            return Stream.of(many, one).flatMap(g -> Stream.of(
                    call(cell + " of " + g.batch(),
                            () -> Recurrence.forward(g, x, states, weights, z, results, saved, SERIAL)),
                    call(cell + " of " + g.batch() + ", nothing saved",
                            () -> Recurrence.forward(g, x, states, weights, z, results, null, SERIAL)),
                    call(cell + " of " + g.batch() + " backward",
                            () -> Recurrence.backward(g, x, states, weights, v, x, y, states, gradients, SERIAL))));
        });
    }

    /**
     * Each in a JVM of its own, because a profile of the compiler lasts as long as its JVM. These kernels did box when they called
     * helpers beside a scalar tail, or when the receiver of an operation was carried from pass to pass.
     */
    @ParameterizedTest
    @EnumSource(ShortCallsProbe.Kernel.class)
    void longCallsAfterManyShortOnes(ShortCallsProbe.Kernel kernel) throws Exception {
        ChildJvm child = ChildJvm.onClassPath(List.of("--add-modules=jdk.incubator.vector",
                "-Dlanewise.vectorBits=" + Backend.current().vectorBits()), ShortCallsProbe.class, kernel.name());
        assertThat(child.exitCode()).as(child.output()).isZero();
        assertThat(child.output().lines().filter(line -> line.startsWith("bytes ")).toList())
                .singleElement().satisfies(line -> assertThat(Long.parseLong(line.substring("bytes ".length())))
                        .isLessThanOrEqualTo(BOUND));
    }

    /** In the order of the benchmarks, where softmax did box after tanh and sigmoid, and in two others. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2})
    void oneKernelAfterTheOther(long seed) throws Exception {
        manyKernels(Long.toString(seed));
    }

    /** The passes of a kernel stay apart also where the compiler has seen no others. Those of GELU, when it had two passes, did not. */
    @ParameterizedTest
    @ValueSource(strings = {"exp,gelu", "gelu,gelu backward", "variances,sigmoid,gelu", "softplus", "gelu backward,log",
        "softmax",
        "log-softmax backward", "layer norm,layer norm backward"})
    void fewKernels(String names) throws Exception {
        manyKernels(("0," + names).split(",", -1));
    }

    private static void manyKernels(String... arguments) throws Exception {
        ChildJvm child = ChildJvm.onClassPath(List.of("--add-modules=jdk.incubator.vector",
                "-Dlanewise.vectorBits=" + Backend.current().vectorBits()), ManyKernelsProbe.class, arguments);
        assertThat(child.exitCode()).as(child.output()).isZero();
        assertThat(child.output().lines().filter(line -> !line.startsWith("WARNING"))).containsExactly("end");
    }

    private static DynamicTest call(String kernel, Runnable call) {
        return DynamicTest.dynamicTest(kernel, () -> {
            long bytes = Long.MAX_VALUE;
            long end = System.nanoTime() + WARM_UP.toNanos();
            while (bytes > BOUND && System.nanoTime() < end) {
                bytes = bytesPerCall(call);
            }
            assertThat(bytes).as("bytes that a call of %s allocates after %s of warm-up", kernel, WARM_UP)
                    .isLessThanOrEqualTo(BOUND);
        });
    }

    private static long bytesPerCall(Runnable call) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < CALLS; i++) {
            call.run();
        }
        return (THREADS.getCurrentThreadAllocatedBytes() - before) / CALLS;
    }
}

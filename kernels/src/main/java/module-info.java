/**
 * The numeric kernels of Lanewise: GEMM, convolution, pooling, activations, recurrent cells and optimizer steps over plain
 * {@code float[]}, each written by hand with the Vector API and each with a scalar twin.
 */
module org.lanewise.kernels {
    requires jdk.incubator.vector;
    requires static jdk.management;
    requires static org.jspecify;

    exports org.lanewise.kernels;
}

package org.lanewise.kernels.conv;

import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.kernels.Backend;
import org.lanewise.kernels.Conv2d;
import org.lanewise.kernels.Conv2dGeometry;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.vector.Workspace;

import static org.assertj.core.api.Assertions.assertThat;

/** What a thread keeps after all three passes of a layer. */
class ScratchTest {

    private static final long MOST = 16 * 1024 * 1024;

    /** The layers of ResNet-18, with as many images as fill its blocks. */
    @ParameterizedTest
    @CsvSource({"1,3,224,64,7,2,3", "1,64,56,64,3,1,1", "1,64,56,128,3,2,1", "1,128,28,128,3,1,1", "1,64,56,256,1,1,0",
        "2,256,14,256,3,1,1", "2,512,14,512,3,1,1"})
    void allPassesOfALayerKeepAtMost16Megabytes(int n, int c, int h, int k, int r, int stride, int padding) {
        // interpreted vectors are slow: once is enough, blocks do not depend on the width
        Assumptions.assumeTrue(Backend.current().vectorized() && System.getProperty("lanewise.vectorBits") == null
                && System.getProperty("lanewise.gemm.kc") == null);
        Conv2dGeometry g = Conv2dGeometry.square(n, c, h, h, k, r, stride, padding);
        float[] x = new float[g.inputSize()];
        float[] w = new float[g.weightSize()];
        float[] y = new float[g.outputSize()];
        // on a thread of its own, whose scratch is nobody else's
        long bytes = CompletableFuture.supplyAsync(() -> {
            Conv2d.forward(g, x, 0, w, 0, null, 0, y, 0, Parallelism.serial());
            Conv2d.backwardData(g, w, 0, y, 0, 0, x, 0, Parallelism.serial());
            Conv2d.backwardWeights(g, x, 0, y, 0, 0, w, 0, Parallelism.serial());
            return Workspace.current().bytes();
        }, task -> new Thread(task).start()).join();
        assertThat(bytes).isPositive().isLessThanOrEqualTo(MOST);
    }
}

package org.lanewise.bench.peers;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lanewise.bench.peers.GemmPeer.Product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class GemmPeersTest {

    static Stream<GemmPeer> peers() {
        return Peers.all(GemmPeer.class).stream();
    }

    @Test
    void areAllFound() {
        assertThat(peers().map(Peer::name)).containsExactly("openblas", "vectorblas", "ejml");
    }

    @ParameterizedTest
    @MethodSource("peers")
    void tellTheirVersions(GemmPeer peer) {
        assertThat(peer.version()).containsPattern("\\d+\\.\\d+\\.\\d+");
    }

    /** The last two are past the sizes at which VectorBLAS and EJML take another algorithm. */
    static Stream<Arguments> products() {
        int[][] sizes = {{1, 1, 1}, {3, 4, 5}, {17, 19, 23}, {5, 1, 7}, {40, 1, 33}, {1, 6, 9}, {1, 40, 33},
            {40, 50, 1},
            {101, 102, 103}, {40, 64, 600}};
        return peers().flatMap(peer -> Arrays.stream(sizes).flatMap(size -> Stream.of(false, true)
                .flatMap(transA -> Stream.of(false, true).map(transB -> Arguments.of(peer, transA, transB,
                        size[0], size[1], size[2])))));
    }

    @ParameterizedTest(name = "{0}, transA {1}, transB {2}, m {3}, n {4}, k {5}")
    @MethodSource("products")
    void giveTheExactProductOfSmallFractions(GemmPeer peer, boolean transA, boolean transB, int m, int n, int k) {
        Product product = product(transA, transB, m, n, k);
        Runnable gemm = peer.gemm(product);
        peer.threads(1);
        gemm.run();
        gemm.run();
        checkExact(product);
    }

    @ParameterizedTest
    @MethodSource("peers")
    void giveTheSameOnTwoThreadsOrRefuse(GemmPeer peer) {
        Product product = product(false, true, 200, 210, 220);
        Runnable gemm = peer.gemm(product);
        if (peer.name().equals("vectorblas")) {
            assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> peer.threads(2))
                    .withMessageContaining("one thread");
            return;
        }
        peer.threads(2);
        gemm.run();
        peer.threads(1);
        checkExact(product);
    }

    private static Product product(boolean transA, boolean transB, int m, int n, int k) {
        var random = new Random(m + 31L * n);
        float[] c = new float[m * n];
        // What was in C before must not matter.
        Arrays.fill(c, Float.NaN);
        return new Product(transA, transB, m, n, k, sixteenths(random, m * k), sixteenths(random, k * n), c);
    }

    /** With these every sum of products is exact in float, in whatever order it is made. */
    private static float[] sixteenths(Random random, int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = random.nextInt(-16, 17) / 16f;
        }
        return values;
    }

    /** Zeros may have either sign. */
    private static void checkExact(Product product) {
        float[] c = product.c();
        float[] expected = definition(product);
        assertThat(IntStream.range(0, c.length).filter(i -> c[i] != expected[i])).as("indices of wrong numbers")
                .isEmpty();
    }

    private static float[] definition(Product p) {
        float[] c = new float[p.m() * p.n()];
        for (int i = 0; i < p.m(); i++) {
            for (int j = 0; j < p.n(); j++) {
                double sum = 0;
                for (int l = 0; l < p.k(); l++) {
                    sum += (double) p.a()[p.transA() ? l * p.m() + i : i * p.k() + l]
                            * p.b()[p.transB() ? j * p.k() + l : l * p.n() + j];
                }
                c[i * p.n() + j] = (float) sum;
            }
        }
        return c;
    }
}

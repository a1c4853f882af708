package org.lanewise.kernels;

import java.util.Arrays;

/** The program of {@link BackendTest}'s child JVMs: a product, a convolution and a tanh on whatever backend is chosen. */
final class BackendProbe {

    private BackendProbe() {
    }

    public static void main(String[] args) {
        float[] ones = new float[400];
        Arrays.fill(ones, 1);
        float[] c = new float[400];
        Parallelism team = Parallelism.shared();
        Gemm.sgemm(Transpose.NO, Transpose.NO, 20, 20, 20, 1, ones, 0, 20, ones, 0, 20, 0, c, 0, 20, team);
        System.out.println("product " + c[399]);
        Conv2d.forward(Conv2dGeometry.square(1, 1, 20, 20, 1, 3, 1, 1), ones, 0, ones, 0, null, 0, c, 0, team);
        System.out.println("convolution " + c[0]);
        Activations.tanh(400, ones, 0, c, 0, team);
        System.out.println("tanh " + c[0]);
        System.out.println("threads " + team.threads());
        System.out.println(Backend.current());
    }
}

package org.lanewise.kernels.conv;

import java.util.Arrays;

import org.lanewise.kernels.Conv2dGeometry;
import org.lanewise.kernels.gemm.Operand;

/**
 * OIHW weights as a left operand whose rows are input channels and whose steps are (k, r, s): what the gradient by data is
 * multiplied with. Element (c, (k, r, s)) stands at {@code w[((k*C + c)*R + r)*S + s]}.
 */
record WeightsByInput(Conv2dGeometry geometry, float[] weight, int offset) implements Operand {

    @Override
    public int pack(int firstLine, int lines, int firstStep, int depth, int width, float[] to, int start) {
        int area = geometry.kernelHeight() * geometry.kernelWidth();
        int filter = geometry.taps();
        for (int panel = 0, out = start; panel < lines; panel += width, out += width * depth) {
            int present = Math.min(width, lines - panel);
            if (present < width) {
                Arrays.fill(to, out, out + width * depth, 0);
            }
            for (int p = 0; p < depth; p++) {
                int step = firstStep + p;
                int source = offset + step / area * filter + (firstLine + panel) * area + step % area;
                for (int i = 0; i < present; i++) {
                    to[out + p * width + i] = weight[source + i * area];
                }
            }
        }
        return start;
    }
}

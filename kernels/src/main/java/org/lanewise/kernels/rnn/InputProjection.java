package org.lanewise.kernels.rnn;

import java.util.Arrays;

import org.lanewise.kernels.Epilogue;
import org.lanewise.kernels.Gemm;
import org.lanewise.kernels.Parallelism;
import org.lanewise.kernels.Recurrence.Weights;
import org.lanewise.kernels.RnnGeometry;
import org.lanewise.kernels.gemm.BlockedGemm;
import org.lanewise.kernels.gemm.PackedOperand;
import org.lanewise.kernels.gemm.StoredOperand;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

import static org.lanewise.kernels.Transpose.NO;
import static org.lanewise.kernels.Transpose.YES;

/** Z := X*W_ih^T + b_ih, and b_hh with it where both products are summed; for all time steps at once, or for some at a time. */
final class InputProjection {

    private static final float[] EMPTY = {};

    private final PackedOperand panels = new PackedOperand();
    private final StoredOperand stored = new StoredOperand();
    private RnnGeometry g;
    private float[] x = EMPTY;
    private float[] weight = EMPTY;
    private Epilogue bias = Epilogue.NONE;
    private int columns;
    private boolean packed;

    InputProjection(RnnGeometry none) {
        g = none;
    }

    /**
     * Takes the operands. If the steps are many enough for parts, W_ih is packed, once for all of them; and in the same way for all
     * steps at once, which then have the same bits.
     */
    void begin(RnnGeometry geometry, float[] input, Weights weights, int summed, boolean parts) {
        g = geometry;
        x = input;
        weight = weights.inputWeight();
        columns = g.cell().gates() * g.hiddenSize();
        bias = bias(summed, weights);
        packed = parts;
        if (parts) {
            stored.set(weight, 0, g.inputSize(), 1, 1);
            panels.packRight(columns, g.inputSize(), stored, Workspace.current().aligned(Slot.RNN_INPUT_WEIGHTS,
                    PackedOperand.rightSize(columns, g.inputSize())), 0);
        }
    }

    private Epilogue bias(int summed, Weights weights) {
        float[] inputBias = weights.inputBias();
        float[] hiddenBias = weights.hiddenBias();
        if (inputBias == null && hiddenBias == null) {
            return Epilogue.NONE;
        }
        float[] sum = Workspace.current().floats(Slot.RNN_BIAS, columns);
        if (inputBias == null) {
            Arrays.fill(sum, 0, columns, 0);
        } else {
            System.arraycopy(inputBias, 0, sum, 0, columns);
        }
        for (int j = 0; hiddenBias != null && j < summed; j++) {
            sum[j] += hiddenBias[j];
        }
        return Epilogue.columnBias(sum, 0);
    }

    /** A row of Z for each row of x. */
    void all(float[] z, int offset, int ldz, Parallelism parallelism) {
        int inputs = g.inputSize();
        if (packed) {
            stored.set(x, 0, inputs, 1, 1);
            BlockedGemm.run(g.rows(), columns, inputs, stored, panels, 0, z, offset, ldz, bias, parallelism);
            return;
        }
        Gemm.sgemm(NO, YES, g.rows(), columns, inputs, 1, x, 0, inputs, weight, 0, inputs, 0, z, offset, ldz, bias,
                parallelism);
    }

    /** A row of Z for each sequence in each of {@code count} time steps, time first. */
    void part(int firstStep, int count, float[] z, int ldz, Parallelism parallelism) {
        int inputs = g.inputSize();
        if (g.batchFirst() && g.batch() > 1) {
            stored.set(gathered(firstStep, count), 0, inputs, 1, 1);
        } else {
            stored.set(x, firstStep * g.batch() * inputs, inputs, 1, 1);
        }
        BlockedGemm.run(count * g.batch(), columns, inputs, stored, panels, 0, z, 0, ldz, bias, parallelism);
    }

    private float[] gathered(int firstStep, int count) {
        int inputs = g.inputSize();
        float[] rows = Workspace.current().floats(Slot.RNN_INPUTS, count * g.batch() * inputs);
        for (int t = 0, to = 0; t < count; t++) {
            for (int b = 0; b < g.batch(); b++, to += inputs) {
                System.arraycopy(x, g.row(firstStep + t, b) * inputs, rows, to, inputs);
            }
        }
        return rows;
    }

    /** Lets go of the operands. */
    void end() {
        x = EMPTY;
        weight = EMPTY;
        bias = Epilogue.NONE;
        stored.clear();
        panels.clear();
    }
}

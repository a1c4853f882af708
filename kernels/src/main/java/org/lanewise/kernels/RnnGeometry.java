package org.lanewise.kernels;

/**
 * The sizes of a recurrent layer over a batch of sequences.
 *
 * @param steps      time steps T
 * @param batch      sequences B
 * @param inputSize  features I of an input
 * @param hiddenSize features H of a state
 * @param batchFirst whether sequences are laid out (B, T, features) and not (T, B, features)
 */
public record RnnGeometry(int steps, int batch, int inputSize, int hiddenSize, boolean batchFirst) {

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if a size is negative, inputSize or hiddenSize is 0, or an operand has more than 2^31 - 1
     *                                  elements
     */
    public RnnGeometry {
        Checks.notNegative("steps", steps);
        Checks.notNegative("batch", batch);
        Checks.positive("inputSize", inputSize);
        Checks.positive("hiddenSize", hiddenSize);
        Checks.arraySize("input", steps, batch, inputSize);
        Checks.arraySize("output", steps, batch, hiddenSize);
        Checks.arraySize("input weights", hiddenSize, inputSize);
        Checks.arraySize("hidden weights", hiddenSize, hiddenSize);
    }

    /**
     * {@return the number of (time step, sequence) pairs, T*B: the rows of the input as a matrix}
     */
    public int rows() {
        return steps * batch;
    }

    /**
     * The row of the input, or of the output, that a time step of a sequence has.
     *
     * @param step     time step in [0, steps)
     * @param sequence sequence in [0, batch)
     * @return the row, in [0, rows())
     */
    public int row(int step, int sequence) {
        return batchFirst ? sequence * steps + step : step * batch + sequence;
    }
}

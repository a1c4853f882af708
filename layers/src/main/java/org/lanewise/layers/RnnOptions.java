package org.lanewise.layers;

/**
 * What recurrent layers have in common, with PyTorch's names and defaults.
 *
 * @param numLayers     layers one upon the other; the input of each but the first are the states of the one below
 * @param bias          whether there are biases
 * @param batchFirst    whether sequences are laid out (B, T, features) and not (T, B, features)
 * @param bidirectional whether each layer walks through the sequences in both directions; their states then stand side by side in its
 *                      output
 */
public record RnnOptions(int numLayers, boolean bias, boolean batchFirst, boolean bidirectional) {

    /** One layer with biases, time first, one direction. */
    public static final RnnOptions DEFAULT = new RnnOptions(1, true, false, false);

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if numLayers is not positive
     */
    public RnnOptions {
        Init.positive("numLayers", numLayers);
    }

    /**
     * {@return the same with another number of layers}
     *
     * @param value layers one upon the other
     */
    public RnnOptions withNumLayers(int value) {
        return new RnnOptions(value, bias, batchFirst, bidirectional);
    }

    /**
     * {@return the same with or without biases}
     *
     * @param value whether there are biases
     */
    public RnnOptions withBias(boolean value) {
        return new RnnOptions(numLayers, value, batchFirst, bidirectional);
    }

    /**
     * {@return the same with another layout}
     *
     * @param value whether sequences are laid out (B, T, features)
     */
    public RnnOptions withBatchFirst(boolean value) {
        return new RnnOptions(numLayers, bias, value, bidirectional);
    }

    /**
     * {@return the same in one direction or in both}
     *
     * @param value whether each layer walks in both
     */
    public RnnOptions withBidirectional(boolean value) {
        return new RnnOptions(numLayers, bias, batchFirst, value);
    }

    int directions() {
        return bidirectional ? 2 : 1;
    }
}

package org.lanewise.layers;

/**
 * What recurrent layers have in common, with PyTorch's names and defaults.
 *
 * @param numLayers     layers one upon the other; the input of each but the first are the states of the one below
 * @param bias          whether there are biases
 * @param batchFirst    whether sequences are laid out (B, T, features) and not (T, B, features)
 * @param dropout       probability with which each output of a layer but the last is set to 0 in training
 * @param bidirectional whether each layer walks through the sequences in both directions; their states then stand side by side in its
 *                      output
 */
public record RnnOptions(int numLayers, boolean bias, boolean batchFirst, double dropout, boolean bidirectional) {

    /** One layer with biases, time first, one direction, no dropout. */
    public static final RnnOptions DEFAULT = new RnnOptions(1, true, false, 0, false);

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if numLayers is not positive, or dropout not in [0, 1]
     */
    public RnnOptions {
        Init.positive("numLayers", numLayers);
        Init.share("dropout", dropout);
    }

    /**
     * {@return the same with another number of layers}
     *
     * @param value layers one upon the other
     */
    public RnnOptions withNumLayers(int value) {
        return new RnnOptions(value, bias, batchFirst, dropout, bidirectional);
    }

    /**
     * {@return the same with or without biases}
     *
     * @param value whether there are biases
     */
    public RnnOptions withBias(boolean value) {
        return new RnnOptions(numLayers, value, batchFirst, dropout, bidirectional);
    }

    /**
     * {@return the same with another layout}
     *
     * @param value whether sequences are laid out (B, T, features)
     */
    public RnnOptions withBatchFirst(boolean value) {
        return new RnnOptions(numLayers, bias, value, dropout, bidirectional);
    }

    /**
     * {@return the same with another dropout}
     *
     * @param value the probability
     */
    public RnnOptions withDropout(double value) {
        return new RnnOptions(numLayers, bias, batchFirst, value, bidirectional);
    }

    /**
     * {@return the same in one direction or in both}
     *
     * @param value whether each layer walks in both
     */
    public RnnOptions withBidirectional(boolean value) {
        return new RnnOptions(numLayers, bias, batchFirst, dropout, value);
    }

    int directions() {
        return bidirectional ? 2 : 1;
    }
}

package org.lanewise.kernels;

import java.util.Arrays;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * The sizes of one direction of a recurrent layer over a batch of sequences, and the order in which it walks through them.
 *
 * @param cell         the equations of a step
 * @param steps        time steps T
 * @param batch        sequences B
 * @param inputSize    features I of an input
 * @param hiddenSize   features H of a state
 * @param batchFirst   whether sequences are laid out (B, T, features) and not (T, B, features)
 * @param reversed     whether the walk begins at the last step of each sequence and ends at its first
 * @param lengths      the length of each sequence, from 0 to T, or null if all have T steps. The steps behind the end of a sequence are
 *                     padding: they do not change the state, their output is 0, and they receive no gradient. What stands
 *                     there of x is not looked at.
 * @param outputColumn the column of a row of the output where the states of this direction begin
 * @param outputWidth  columns of a row of the output: H, or 2*H if another direction fills the others
 */
public record RnnGeometry(RecurrentCell cell, int steps, int batch, int inputSize, int hiddenSize, boolean batchFirst,
        boolean reversed, int @Nullable [] lengths, int outputColumn, int outputWidth) {

    /** Floats of a cache line, by which some rows are apart. */
    private static final int LINE = 16;

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if a size is negative, inputSize or hiddenSize is 0, there is not one length for each sequence or
     *                                  one does not fit, the columns lie outside of the output, or an operand has more than 2^31 - 1
     *                                  elements
     */
    public RnnGeometry {
        Objects.requireNonNull(cell, "cell");
        Checks.notNegative("steps", steps);
        Checks.notNegative("batch", batch);
        Checks.positive("inputSize", inputSize);
        Checks.positive("hiddenSize", hiddenSize);
        if (outputColumn < 0 || outputColumn > outputWidth - hiddenSize) {
            throw new IllegalArgumentException("outputColumn=" + outputColumn + ": " + hiddenSize
                    + " columns from there do not fit an outputWidth of " + outputWidth);
        }
        Checks.arraySize("input", steps, batch, inputSize);
        Checks.arraySize("output", steps, batch, outputWidth);
        Checks.arraySize("what the gates save", steps, batch, Math.max(cell.saved(), cell.gates()), hiddenSize);
        Checks.arraySize("input weights", cell.gates(), hiddenSize, inputSize);
        Checks.arraySize("hidden weights", cell.gates(), hiddenSize, hiddenSize);
        long row = Math.max(cell.saved(), cell.gates() + 1L) * hiddenSize + LINE;
        Checks.arraySize("the gates of some steps", Math.max(256, batch), row);
        if (batchFirst && batch > 1) {
            Checks.arraySize("the gates of all steps", steps, batch, row);
        }
        if (lengths != null) {
            lengths = lengths.clone();
            checkLengths(lengths, steps, batch);
        }
    }

    private static void checkLengths(int[] lengths, int steps, int batch) {
        if (lengths.length != batch) {
            throw new IllegalArgumentException(
                    "lengths: expected one for each of " + batch + " sequences but got " + lengths.length);
        }
        for (int b = 0; b < batch; b++) {
            if (lengths[b] < 0 || lengths[b] > steps) {
                throw new IllegalArgumentException(
                        "lengths[" + b + "]=" + lengths[b] + " must be from 0 to the " + steps + " steps of the batch");
            }
        }
    }

    /**
     * {@return a copy of the lengths of all sequences, or null if all have T steps}
     */
    @Override
    public int @Nullable [] lengths() {
        return lengths == null ? null : lengths.clone();
    }

    /**
     * The steps of a sequence before its padding.
     *
     * @param sequence sequence in [0, batch)
     * @return its length, from 0 to T
     */
    public int length(int sequence) {
        return lengths == null ? steps : lengths[sequence];
    }

    /**
     * Sequences of equal length, walked through from the first step to the last, time first.
     *
     * @param cell       the equations of a step
     * @param steps      time steps T
     * @param batch      sequences B
     * @param inputSize  features I of an input
     * @param hiddenSize features H of a state
     * @return the geometry
     * @throws IllegalArgumentException if a size is wrong
     */
    public static RnnGeometry of(RecurrentCell cell, int steps, int batch, int inputSize, int hiddenSize) {
        return new RnnGeometry(cell, steps, batch, inputSize, hiddenSize, false, false, null, 0, hiddenSize);
    }

    /**
     * {@return the same with another layout}
     *
     * @param value whether sequences are laid out (B, T, features)
     */
    public RnnGeometry withBatchFirst(boolean value) {
        return new RnnGeometry(cell, steps, batch, inputSize, hiddenSize, value, reversed, lengths, outputColumn,
                outputWidth);
    }

    /**
     * {@return the same in another direction}
     *
     * @param value whether the walk begins at the last step of each sequence
     */
    public RnnGeometry withReversed(boolean value) {
        return new RnnGeometry(cell, steps, batch, inputSize, hiddenSize, batchFirst, value, lengths, outputColumn,
                outputWidth);
    }

    /**
     * {@return the same for sequences of these lengths}
     *
     * @param value one for each sequence, or null if all have T steps
     * @throws IllegalArgumentException if a length does not fit
     */
    public RnnGeometry withLengths(int @Nullable [] value) {
        return new RnnGeometry(cell, steps, batch, inputSize, hiddenSize, batchFirst, reversed, value, outputColumn,
                outputWidth);
    }

    /**
     * {@return the same with the states in some columns of a wider output}
     *
     * @param column the first one
     * @param width  columns of the output
     * @throws IllegalArgumentException if they lie outside of it
     */
    public RnnGeometry withOutput(int column, int width) {
        return new RnnGeometry(cell, steps, batch, inputSize, hiddenSize, batchFirst, reversed, lengths, column, width);
    }

    /**
     * {@return the number of (time step, sequence) pairs, T*B: the rows of the input as a matrix}
     */
    public int rows() {
        return steps * batch;
    }

    /**
     * {@return the floats that the forward pass saves for the backward pass: T*B * {@link RecurrentCell#saved} * H}
     */
    public int savedSize() {
        return rows() * cell.saved() * hiddenSize;
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

    /**
     * The least of the time steps of some visits.
     *
     * @param from the first visit of the walk, counted from 0
     * @param to   the one behind the last visit
     * @return the least step that one of them comes to, or 0 if there is none
     */
    public int firstStep(int from, int to) {
        return from >= to ? 0 : Math.min(step(from), step(to - 1));
    }

    /**
     * The time step that the walk comes to.
     *
     * @param visit how many steps were visited before, in [0, steps)
     * @return the step
     */
    public int step(int visit) {
        return reversed ? steps - 1 - visit : visit;
    }

    /**
     * {@return whether some steps may be padding}
     */
    public boolean padded() {
        return lengths != null;
    }

    /**
     * Whether a time step belongs to a sequence, or is padding.
     *
     * @param step     time step in [0, steps)
     * @param sequence sequence in [0, batch)
     * @return whether it lies before the sequence's end
     */
    public boolean inside(int step, int sequence) {
        return lengths == null || step < lengths[sequence];
    }

    /** By the lengths themselves, not by their array. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RnnGeometry g && cell == g.cell && steps == g.steps && batch == g.batch
                && inputSize == g.inputSize && hiddenSize == g.hiddenSize && batchFirst == g.batchFirst
                && reversed == g.reversed && outputColumn == g.outputColumn && outputWidth == g.outputWidth
                && Arrays.equals(lengths, g.lengths);
    }

    @Override
    public int hashCode() {
        return Objects.hash(cell, steps, batch, inputSize, hiddenSize, batchFirst, reversed, outputColumn, outputWidth,
                Arrays.hashCode(lengths));
    }
}

package org.lanewise.kernels.rnn;

import org.lanewise.kernels.RecurrentCell;

/**
 * What happens to one unit of one sequence in one time step, once the products are there. H is the distance of two columns of a row
 * of gates: column j of unit u stands at {@code at + j*H}, if {@code at} is u's place in column 0.
 *
 * <p>
 * The forward pass of a cell is some passes over a run of units that stays in the L1 cache. All passes of an LSTM in one method
 * have so many vector operations that the compiler gives up and boxes them; that took twice the time. The larger ones are
 * {@linkplain org.lanewise.kernels.vector.CompiledApart compiled apart}.
 */
abstract class Cell {

    /** Columns of a row of gates, with what else the backward pass needs. */
    final int columns;

    /** Columns whose two products, W_ih x and W_hh h, are added: these are the first gates. */
    final int summed;

    /**
     * Columns of a row of gradients: those of W_ih x come first, in the order of the gates; those of W_hh h are the first
     * {@link #summed} ones and, if one gate is not summed, the last.
     */
    final int gradients;

    /** The column where the state stands that {@link #forward} reads of the step before, or -1 if that is h. */
    final int carried;

    Cell(int columns, int summed, int gradients, int carried) {
        this.columns = columns;
        this.summed = summed;
        this.gradients = gradients;
        this.carried = carried;
    }

    static Cell of(RecurrentCell cell) {
        return switch (cell) {
            case RNN_TANH -> ElmanCell.TANH;
            case RNN_RELU -> ElmanCell.RELU;
            case LSTM -> LstmCell.INSTANCE;
            case GRU -> GruCell.INSTANCE;
        };
    }

    /**
     * The new states of n units.
     *
     * @param z      row of gates; its columns hold the products and biases, and take what the backward pass needs
     * @param before the carried state of the step before
     * @param y      takes h
     */
    abstract void forward(int n, float[] z, int at, int h, float[] before, int beforeAt, float[] y, int yAt);

    /**
     * The gradients of n units.
     *
     * @param z  what forward left
     * @param y  h
     * @param dH where in {@code d} the gradient of h stands; takes what of it reaches the step before without a product
     * @param dC where that of c stands, if there is one; takes that of the step before
     * @param dZ takes the gradients by the products
     */
    abstract void backward(int n, float[] z, int at, int h, float[] before, int beforeAt, float[] y, int yAt,
            float[] d, int dH, int dC, float[] dZ, int dZAt);
}

package org.lanewise.kernels;

/**
 * Error bounds that are derived and not guessed. If each term of a sum passes at most n roundings on its way into the result, in
 * whatever order, the error is at most gamma(n) times the sum of the absolute values of the terms. That sum is what the
 * reference kernel gives for the absolute values of its operands.
 *
 * @see <a href="https://doi.org/10.1137/1.9780898718027">Higham: Accuracy and Stability of Numerical Algorithms, section 3.1</a>
 */
final class Rounding {

    /** The largest relative error of one rounding to float. */
    static final double UNIT = 0x1p-24;

    /** Roundings of each term of a sum of so many in the reference kernels, which sum in double: one for floats. */
    static int ofReference(int terms) {
        return UNIT < 0x1p-50 ? terms : 1;
    }

    private Rounding() {
    }

    /** gamma(n) = n*u / (1 - n*u). */
    static double gamma(int roundings) {
        return roundings * UNIT / (1 - roundings * UNIT);
    }
}

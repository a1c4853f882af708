package org.lanewise.bench;

import org.lanewise.bench.Answer.Expected;

/**
 * A sum of products in double precision, and how far the same sum in float may be from it, in any order and with factors that
 * carry errors already.
 *
 * @see <a href="https://doi.org/10.1137/1.9780898718027">Higham: Accuracy and Stability of Numerical Algorithms, 2nd edition,
 *      sections 3.1 and 3.3</a>
 */
final class BoundedSum {

    private double value;
    private double magnitude;
    private double inherited;
    private int terms;

    /** Adds a*b, two floats. */
    void add(double a, double b) {
        add(a, 0, b, 0);
    }

    /** Adds a*b, each of which may be wrong by so much. */
    void add(double a, double aError, double b, double bError) {
        value += a * b;
        magnitude += Math.abs(a * b);
        inherited += Math.abs(a) * bError + Math.abs(b) * aError;
        terms++;
    }

    double value() {
        return value;
    }

    double error() {
        return inherited + (terms + 1) * Answer.UNIT_ROUNDOFF * magnitude;
    }

    /** The sum as an operand of what comes after it. */
    Bounded bounded() {
        return new Bounded(value(), error());
    }

    Expected expected() {
        return new Expected(value, error());
    }
}

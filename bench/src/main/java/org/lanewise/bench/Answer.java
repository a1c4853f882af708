package org.lanewise.bench;

import java.util.Arrays;
import java.util.function.IntFunction;

/**
 * An array that a kernel writes, and what belongs there.
 *
 * @param name       the operand's name
 * @param values     the array; filled with NaN here, so that what the kernel leaves out is wrong
 * @param definition the mathematics: what belongs at an index
 */
public record Answer(String name, float[] values, IntFunction<Expected> definition) {

    /** Half the distance of 1 to the next float: the relative error of one rounding. */
    static final double UNIT_ROUNDOFF = 0x1p-24;

    /** Fills the array with NaN. */
    public Answer {
        Arrays.fill(values, Float.NaN);
    }

    /** A value computed in double precision, and how far a right answer in float may be from it. */
    public record Expected(double value, double tolerance) {

        static Expected exactly(double value) {
            return new Expected(value, 0);
        }

        /** Within a multiple of the relative error of one rounding. */
        static Expected rounded(double value, double roundings) {
            return new Expected(value, roundings * UNIT_ROUNDOFF * Math.abs(value));
        }
    }

    /**
     * Compares some of the values with the definition.
     *
     * @throws IllegalStateException if one is wrong
     */
    void check() {
        new RandomData().places(values.length).forEach(index -> {
            Expected expected = definition.apply(index);
            // Negated, so that NaN is wrong.
            if (!(Math.abs(values[index] - expected.value) <= expected.tolerance)) {
                throw new IllegalStateException("wrong answer: " + name + "[" + index + "] = " + values[index]
                        + ", expected " + expected.value + " within " + expected.tolerance);
            }
        });
    }
}

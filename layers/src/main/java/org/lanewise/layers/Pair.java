package org.lanewise.layers;

import java.util.Arrays;

/**
 * Two values, one along the height and one along the width.
 */
final class Pair {

    private Pair() {
    }

    /** A copy of the values, which must be two and positive. */
    static int[] positive(String name, int[] values) {
        int[] copy = two(name, values);
        Init.positive(name + "[0]", copy[0]);
        Init.positive(name + "[1]", copy[1]);
        return copy;
    }

    /** A copy of the values, which must be two and not negative. */
    static int[] notNegative(String name, int[] values) {
        int[] copy = two(name, values);
        Init.notNegative(name + "[0]", copy[0]);
        Init.notNegative(name + "[1]", copy[1]);
        return copy;
    }

    static String text(int[] pair) {
        return pair[0] + "x" + pair[1];
    }

    private static int[] two(String name, int[] values) {
        if (values.length != 2) {
            throw new IllegalArgumentException(
                    name + "=" + Arrays.toString(values) + " must have two values, along height and width");
        }
        return values.clone();
    }
}

package org.lanewise.kernels;

/** An operation on two numbers a and b: see {@link Elementwise#broadcast}. */
public enum Arithmetic {
    /** a + b. */
    ADD,
    /** a - b. */
    SUBTRACT,
    /** b - a. */
    SUBTRACT_FROM,
    /** a * b. */
    MULTIPLY,
    /** a / b. */
    DIVIDE,
    /** b / a. */
    DIVIDE_INTO
}

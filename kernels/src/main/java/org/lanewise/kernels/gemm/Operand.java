package org.lanewise.kernels.gemm;

/**
 * An operand of a product, seen as something that can be packed into panels.
 *
 * <p>
 * A product walks over <em>lines</em> (rows of op(A), columns of op(B)) and sums over <em>steps</em>. A block of an operand is
 * packed as micro-panels of {@code width} lines, in the order in which the micro-kernel reads it:
 *
 * <pre>
 *   panel 0: step 0: line 0 .. width-1 | step 1: line 0 .. width-1 | ... | step depth-1
 *   panel 1: step 0: line width .. 2*width-1 | ...
 * </pre>
 *
 * Lines beyond the last one hold any numbers, zeros mostly: what is computed with them is dropped. Steps are never padded. A stored
 * matrix is one operand; an image seen through a convolution is another, which is why a convolution never stores its im2col matrix.
 */
public interface Operand {

    /**
     * The array that the panels stand in.
     *
     * @param scratch the caller's scratch array: the answer of operands that are packed block by block
     */
    default float[] storage(float[] scratch) {
        return scratch;
    }

    /** {@return how many panels of a right operand are best packed at a time, where each would fit the first cache by itself} */
    default int panelsAtOnce() {
        return 1;
    }

    /**
     * Packs lines [firstLine, firstLine + lines) and steps [firstStep, firstStep + depth).
     *
     * @param width lines of a micro-panel; firstLine is a multiple of it
     * @param to    takes {@code ceil(lines/width) * width * depth} floats, from index {@code start} on; a vector
     *              less one float beyond them may be overwritten too
     * @return the index in {@link #storage} where the first panel starts
     */
    int pack(int firstLine, int lines, int firstStep, int depth, int width, float[] to, int start);
}

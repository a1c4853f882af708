package org.lanewise.kernels;

import java.util.Objects;

import org.lanewise.kernels.math.SoftmaxLoop;
import org.lanewise.kernels.reference.ReferenceCrossEntropy;
import org.lanewise.kernels.vector.Workspace;
import org.lanewise.kernels.vector.Workspace.Slot;

/**
 * The cross-entropy of logits and class labels, averaged over the rows, with the softmax fused into it:
 *
 * <pre>
 *   loss = 1/rows * sum over i of ( log(sum over j of exp(x(i, j))) - x(i, label(i)) )
 *   dX(i, j) = dLoss/rows * ( softmax(x)(i, j) - [j == label(i)] )
 * </pre>
 */
public final class CrossEntropy {

    private CrossEntropy() {
    }

    /**
     * The mean loss, and the probabilities that {@link #backward} needs.
     *
     * @param rows                samples
     * @param classes             classes
     * @param logits              shape (rows, classes), contiguous
     * @param logitsOffset        index of its first element
     * @param labels              the class of each row, in [0, classes)
     * @param labelsOffset        index of the first label
     * @param probabilities       overwritten with softmax(logits), of the same shape; must not overlap logits
     * @param probabilitiesOffset index of its first element
     * @param parallelism         the threads that may be used
     * @return the mean loss; NaN if there are no rows, as in PyTorch
     * @throws IllegalArgumentException  if a size is negative or a label is not in [0, classes)
     * @throws IndexOutOfBoundsException if an operand leaves its array
     */
    public static float forward(int rows, int classes, float[] logits, int logitsOffset, int[] labels, int labelsOffset,
            float[] probabilities, int probabilitiesOffset, Parallelism parallelism) {
        check(rows, classes, "logits", logits, logitsOffset, labels, labelsOffset,
                "probabilities", probabilities, probabilitiesOffset);
        Objects.requireNonNull(parallelism, "parallelism");
        if (!Backend.current().vectorized()) {
            return ReferenceCrossEntropy.forward(rows, classes, logits, logitsOffset, labels, labelsOffset,
                    probabilities, probabilitiesOffset);
        }
        double[] logSums = Workspace.current().doubles(Slot.ROW_SUMS, rows);
        SoftmaxLoop.current().forward(false, rows, classes, logits, logitsOffset, probabilities, probabilitiesOffset,
                logSums, parallelism);
        double total = 0;
        for (int i = 0; i < rows; i++) {
            total += logSums[i] - logits[logitsOffset + i * classes + labels[labelsOffset + i]];
        }
        return (float) (total / rows);
    }

    /**
     * The gradient with respect to the logits.
     *
     * @param rows                samples
     * @param classes             classes
     * @param dLoss               gradient with respect to the mean loss
     * @param probabilities       what {@link #forward} wrote
     * @param probabilitiesOffset index of its first element
     * @param labels              the class of each row, in [0, classes)
     * @param labelsOffset        index of the first label
     * @param dX                  overwritten with the gradient, of the same shape; may be probabilities
     * @param dXOffset            index of its first element
     * @param parallelism         the threads that may be used
     * @throws IllegalArgumentException  if a size is negative or a label is not in [0, classes)
     * @throws IndexOutOfBoundsException if an operand leaves its array
     */
    public static void backward(int rows, int classes, float dLoss, float[] probabilities, int probabilitiesOffset,
            int[] labels, int labelsOffset, float[] dX, int dXOffset, Parallelism parallelism) {
        check(rows, classes, "probabilities", probabilities, probabilitiesOffset, labels, labelsOffset,
                "dX", dX, dXOffset);
        Objects.requireNonNull(parallelism, "parallelism");
        if (!Backend.current().vectorized()) {
            ReferenceCrossEntropy.backward(rows, classes, dLoss, probabilities, probabilitiesOffset, labels,
                    labelsOffset,
                    dX, dXOffset);
            return;
        }
        float scale = dLoss / rows;
        Elementwise.axpby(rows * classes, scale, probabilities, probabilitiesOffset, 0, dX, dXOffset,
                parallelism);
        for (int i = 0; i < rows; i++) {
            dX[dXOffset + i * classes + labels[labelsOffset + i]] -= scale;
        }
    }

    private static void check(int rows, int classes, String name, float[] x, int xOffset, int[] labels,
            int labelsOffset,
            String yName, float[] y, int yOffset) {
        Checks.notNegative("rows", rows);
        Checks.notNegative("classes", classes);
        Checks.range(name, x, xOffset, (long) rows * classes);
        Checks.range(yName, y, yOffset, (long) rows * classes);
        Objects.requireNonNull(labels, "labels");
        Checks.range("labels", labels.length, labelsOffset, rows);
        for (int i = 0; i < rows; i++) {
            int label = labels[labelsOffset + i];
            if (label < 0 || label >= classes) {
                throw new IllegalArgumentException(
                        "labels[" + (labelsOffset + i) + "]=" + label + " must be in [0, " + classes + ")");
            }
        }
    }
}

package org.lanewise.layers.data;

import org.lanewise.autograd.Tensor;

/**
 * How often each class was taken for each other one.
 */
public final class ConfusionMatrix {

    private final int[][] counts;
    private int total;

    /**
     * An empty matrix.
     *
     * @param classes number of classes, at least 1
     * @throws IllegalArgumentException if classes is not positive
     */
    public ConfusionMatrix(int classes) {
        if (classes < 1) {
            throw new IllegalArgumentException("classes=" + classes + " must be positive");
        }
        counts = new int[classes][classes];
    }

    /**
     * Counts predictions. The predicted class is that of the largest logit; of equal ones, the first.
     *
     * @param logits shape (n, classes)
     * @param labels the true class of each row
     * @throws IllegalArgumentException if a shape does not fit or a label is out of range
     */
    public void add(Tensor logits, int... labels) {
        if (logits.shape().rank() != 2 || logits.dim(0) != labels.length || logits.dim(1) != counts.length) {
            throw new IllegalArgumentException("expected logits (" + labels.length + ", " + counts.length
                    + ") for " + labels.length + " labels but got " + logits.shape());
        }
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] >= counts.length) {
                throw new IllegalArgumentException(
                        "labels[" + i + "]=" + labels[i] + " must be in [0, " + counts.length + ")");
            }
        }
        for (int i = 0; i < labels.length; i++) {
            counts[labels[i]][argmax(logits, i)]++;
            total++;
        }
    }

    /**
     * The class with the largest logit.
     *
     * @param logits shape (n, classes)
     * @param row    which sample
     * @return the class; of equal ones, the first
     */
    public static int argmax(Tensor logits, int row) {
        int classes = logits.dim(1);
        int best = 0;
        for (int j = 1; j < classes; j++) {
            if (logits.data()[row * classes + j] > logits.data()[row * classes + best]) {
                best = j;
            }
        }
        return best;
    }

    /**
     * How often a class was taken for another.
     *
     * @param label     the true class
     * @param predicted the predicted class
     * @return the count
     */
    public int count(int label, int predicted) {
        return counts[label][predicted];
    }

    /**
     * {@return the number of classes}
     */
    public int classes() {
        return counts.length;
    }

    /**
     * {@return the number of predictions}
     */
    public int total() {
        return total;
    }

    /**
     * {@return the share of predictions that are right; NaN if there are none}
     */
    public double accuracy() {
        int right = 0;
        for (int i = 0; i < counts.length; i++) {
            right += counts[i][i];
        }
        return (double) right / total;
    }
}

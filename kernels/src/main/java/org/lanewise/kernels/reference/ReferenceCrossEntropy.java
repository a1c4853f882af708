package org.lanewise.kernels.reference;

/** The meaning of {@link org.lanewise.kernels.CrossEntropy}. */
public final class ReferenceCrossEntropy {

    private ReferenceCrossEntropy() {
    }

    /** The mean of log(sum of exp(x)) - x(label) over the rows; probabilities := softmax(x). */
    public static float forward(int rows, int classes, float[] x, int xOffset, int[] labels, int labelsOffset,
            float[] probabilities, int probabilitiesOffset) {
        double total = 0;
        for (int i = 0; i < rows; i++) {
            int row = xOffset + i * classes;
            double logSum = ReferenceSoftmax.softmaxRow(classes, x, row, probabilities,
                    probabilitiesOffset + i * classes);
            total += logSum - x[row + labels[labelsOffset + i]];
        }
        return (float) (total / rows);
    }

    /** dX(i, j) := dLoss/rows * (p(i, j) - [j == label(i)]). */
    public static void backward(int rows, int classes, float dLoss, float[] probabilities, int probabilitiesOffset,
            int[] labels, int labelsOffset, float[] dX, int dXOffset) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < classes; j++) {
                double p = probabilities[probabilitiesOffset + i * classes + j];
                int hit = j == labels[labelsOffset + i] ? 1 : 0;
                dX[dXOffset + i * classes + j] = (float) ((double) dLoss / rows * (p - hit));
            }
        }
    }
}

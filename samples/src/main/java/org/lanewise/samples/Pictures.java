package org.lanewise.samples;

import java.util.Arrays;

import org.lanewise.autograd.Tensor;
import org.lanewise.layers.data.ConfusionMatrix;
import org.lanewise.layers.data.TensorDataset;

/**
 * What a terminal can show of the digits: a table of confusions, and images in shades of characters.
 */
final class Pictures {

    /** From black to white. */
    private static final String SHADES = " .:-=+*#%@";
    private static final int SHOWN = 8;
    /** Four images of 16 characters fit a terminal of 80 columns. */
    private static final int IN_A_ROW = 4;
    private static final String GAP = "   ";

    private Pictures() {
    }

    /** A row for each true digit, a column for each predicted one; zeros are dots, so that mistakes stand out. */
    static String confusion(ConfusionMatrix matrix) {
        StringBuilder text = new StringBuilder("confusion (rows: true digit, columns: predicted)\n    ");
        for (int predicted = 0; predicted < matrix.classes(); predicted++) {
            text.append(String.format("%4d", predicted));
        }
        for (int label = 0; label < matrix.classes(); label++) {
            text.append(String.format("\n%4d", label));
            for (int predicted = 0; predicted < matrix.classes(); predicted++) {
                int count = matrix.count(label, predicted);
                text.append(count == 0 ? "   ." : String.format("%4d", count));
            }
        }
        return text.append('\n').toString();
    }

    /** Some test digits side by side: what was not recognised first, then others, each above its label and what was predicted. */
    static String digits(TensorDataset test, Tensor logits) {
        int[] shown = chosen(test, logits);
        StringBuilder text = new StringBuilder("some test digits (mistakes first), and what was predicted\n");
        for (int from = 0; from < shown.length; from += IN_A_ROW) {
            appendDigits(text, test, logits, Arrays.copyOfRange(shown, from, Math.min(from + IN_A_ROW, shown.length)));
        }
        return text.toString();
    }

    private static void appendDigits(StringBuilder text, TensorDataset test, Tensor logits, int[] shown) {
        for (int row = 0; row < Digits.SIDE; row++) {
            for (int digit : shown) {
                appendRow(text, test, digit, row);
            }
            text.append('\n');
        }
        for (int digit : shown) {
            int predicted = ConfusionMatrix.argmax(logits, digit);
            int label = test.labels()[digit];
            String caption = label == predicted ? Integer.toString(label) : label + ", not " + predicted;
            text.append(String.format("%-" + 2 * Digits.SIDE + "s%s", caption, GAP));
        }
        text.append("\n\n");
    }

    private static int[] chosen(TensorDataset test, Tensor logits) {
        int[] chosen = new int[Math.min(SHOWN, test.size())];
        int count = 0;
        for (boolean right : new boolean[] {false, true}) {
            // Half of the places at most go to mistakes.
            int limit = right ? chosen.length : chosen.length / 2;
            for (int i = 0; i < test.size() && count < limit; i++) {
                if ((ConfusionMatrix.argmax(logits, i) == test.labels()[i]) == right) {
                    chosen[count++] = i;
                }
            }
        }
        return Arrays.copyOf(chosen, count);
    }

    /** One row of pixels, each as two characters, since a character is about twice as high as wide. */
    private static void appendRow(StringBuilder text, TensorDataset test, int digit, int row) {
        for (int column = 0; column < Digits.SIDE; column++) {
            float brightness = test.inputs().get(digit, 0, row, column);
            char shade = SHADES.charAt(Math.min(SHADES.length() - 1, (int) (brightness * SHADES.length())));
            text.append(shade).append(shade);
        }
        text.append(GAP);
    }
}

package org.lanewise.samples;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPInputStream;

import org.lanewise.autograd.Tensor;
import org.lanewise.layers.data.TensorDataset;

/**
 * The 1,797 handwritten digits that ship with the samples: Optical Recognition of Handwritten Digits, E. Alpaydin and C. Kaynak,
 * UCI Machine Learning Repository, 1998, licence CC BY 4.0. A line has 64 pixels of 0..16 and the label.
 */
final class Digits {

    /** Height and width of an image. */
    static final int SIDE = 8;
    /** Number of classes. */
    static final int CLASSES = 10;

    private static final String RESOURCE = "digits.csv.gz";
    private static final int PIXELS = SIDE * SIDE;
    private static final float WHITE = 16;

    private Digits() {
    }

    /** All digits as images (N, 1, 8, 8) with pixels in [0, 1]. */
    static TensorDataset load() throws IOException {
        List<String> lines = lines();
        Tensor images = Tensor.zeros(lines.size(), 1, SIDE, SIDE);
        int[] labels = new int[lines.size()];
        for (int i = 0; i < labels.length; i++) {
            String[] fields = lines.get(i).split(",", -1);
            if (fields.length != PIXELS + 1) {
                throw new IOException(
                        RESOURCE + ", line " + (i + 1) + ": expected " + (PIXELS + 1) + " numbers but got "
                                + fields.length);
            }
            for (int p = 0; p < PIXELS; p++) {
                images.data()[i * PIXELS + p] = Integer.parseInt(fields[p]) / WHITE;
            }
            labels[i] = Integer.parseInt(fields[PIXELS]);
        }
        return new TensorDataset(images, labels);
    }

    private static List<String> lines() throws IOException {
        try (InputStream in = Digits.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IOException(RESOURCE + " is missing beside " + Digits.class.getName());
            }
            return new BufferedReader(new InputStreamReader(new GZIPInputStream(in), StandardCharsets.US_ASCII))
                    .lines().toList();
        }
    }
}

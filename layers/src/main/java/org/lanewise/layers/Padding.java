package org.lanewise.layers;

import java.util.Arrays;

import org.lanewise.kernels.Conv2dGeometry;

/**
 * The zeros around the input of a convolution: before and behind, for each dimension in turn.
 */
final class Padding {

    private Padding() {
    }

    /**
     * The two values along one dimension for a name of PyTorch's. "same" needs dilation*(kernel - 1) zeros: half of them, rounded
     * down, before the first position, and the others behind the last.
     */
    static int[] named(String name, int kernel, int stride, int dilation) {
        return switch (name) {
            case "valid" -> new int[] {0, 0};
            case "same" -> {
                if (stride != 1) {
                    throw new IllegalArgumentException("stride=" + stride
                            + " must be 1 with padding \"same\", whose output is as large as its input");
                }
                Conv2dGeometry g = Conv2dGeometry
                        .builder(0, 0, 1, 1, 0, 1, Init.positive("kernelSize", kernel))
                        .withDilation(1, Init.positive("dilation", dilation)).withSamePadding().build();
                yield new int[] {g.paddingLeft(), g.paddingRight()};
            }
            default -> throw new IllegalArgumentException(
                    "padding=\"" + name + "\" must be \"same\", \"valid\" or numbers");
        };
    }

    /** The four values along height and width for a name. */
    static int[] named(String name, int[] kernel, int[] stride, int[] dilation) {
        Pair.positive("kernelSize", kernel);
        Pair.positive("stride", stride);
        Pair.positive("dilation", dilation);
        int[] vertical = named(name, kernel[0], stride[0], dilation[0]);
        int[] horizontal = named(name, kernel[1], stride[1], dilation[1]);
        return new int[] {vertical[0], vertical[1], horizontal[0], horizontal[1]};
    }

    /** The four values, from four or from two, along height and width. */
    static int[] sides(int[] values) {
        if (values.length == 2) {
            Pair.notNegative("padding", values);
            return new int[] {values[0], values[0], values[1], values[1]};
        }
        if (values.length != 4) {
            throw new IllegalArgumentException("padding=" + Arrays.toString(values)
                    + " must have two values, along height and width, or four, above, below, left and right");
        }
        for (int i = 0; i < values.length; i++) {
            Init.notNegative("padding[" + i + "]", values[i]);
        }
        return values.clone();
    }

    /** One value for each dimension if both sides have the same, else both. */
    static String text(int... sides) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < sides.length; i += 2) {
            text.append(i == 0 ? "" : "x").append(sides[i]);
            if (sides[i] != sides[i + 1]) {
                text.append('+').append(sides[i + 1]);
            }
        }
        return text.toString();
    }
}

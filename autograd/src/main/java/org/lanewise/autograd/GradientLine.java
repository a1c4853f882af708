package org.lanewise.autograd;

import java.util.SplittableRandom;

import org.jspecify.annotations.Nullable;

/** A straight line through an input, along which its gradient is measured: some elements move by t, each with its sign. */
final class GradientLine {

    private final float[] data;
    private final float[] gradient;
    private final int[] places;
    private final float[] origin;
    private final float[] signs;

    private GradientLine(float[] data, float[] gradient, int[] places, float[] signs) {
        this.data = data;
        this.gradient = gradient;
        this.places = places;
        this.signs = signs;
        origin = new float[places.length];
        for (int i = 0; i < places.length; i++) {
            origin[i] = data[places[i]];
        }
    }

    /** The line on which one element moves alone. */
    static GradientLine alongElement(float[] data, float[] gradient, int place) {
        return new GradientLine(data, gradient, new int[] {place}, new float[] {1});
    }

    /** A line on which all elements move, up or down at random. */
    static GradientLine alongDirection(float[] data, float[] gradient, SplittableRandom random) {
        int[] places = new int[data.length];
        float[] signs = new float[data.length];
        for (int i = 0; i < places.length; i++) {
            places[i] = i;
            signs[i] = random.nextBoolean() ? 1 : -1;
        }
        return new GradientLine(data, gradient, places, signs);
    }

    /** Moves the elements, and returns what the gradient says of the change of s, after the rounding of each element. */
    double moveTo(float t) {
        double change = 0;
        for (int i = 0; i < places.length; i++) {
            float moved = t == 0 ? origin[i] : origin[i] + signs[i] * t; // -0 + 0 is 0, but moving by 0 puts back what was there
            data[places[i]] = moved;
            change += gradient[places[i]] * ((double) moved - origin[i]);
        }
        return change;
    }

    /** Names an element that a step of h up or down leaves where it is; null if all elements move. */
    @Nullable
    String lostStep(float h) {
        for (int i = 0; i < places.length; i++) {
            if (origin[i] + h == origin[i] || origin[i] - h == origin[i]) {
                return "the step h=" + h + " is lost in the rounding of element " + places[i] + ", " + origin[i]
                        + "; choose a larger one";
            }
        }
        return null;
    }
}

package org.lanewise.bench;

import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * How the values of parameters are read.
 */
final class Parameters {

    private static final Pattern SHAPE = Pattern.compile("(?:[\\w.-]+:)?(\\d{1,9}(?:x\\d{1,9})*)(?::[A-Z]+)?");

    private Parameters() {
    }

    /**
     * The sizes in a shape such as {@code 64x64x64} or, with the layer that they come from, {@code cnn-fc1:64x3136x128}.
     *
     * @param shape  the parameter's value
     * @param format the names of the sizes in the same notation, for example {@code MxKxN}
     * @return as many numbers as the format has names
     * @throws IllegalArgumentException if the shape is written otherwise
     */
    static int[] sizes(String shape, String format) {
        var matcher = SHAPE.matcher(shape);
        int[] sizes = matcher.matches()
                ? Arrays.stream(matcher.group(1).split("x")).mapToInt(Integer::parseInt).toArray()
                : new int[0];
        if (sizes.length != format.split("x").length) {
            throw new IllegalArgumentException(
                    "shape=" + shape + ": expected " + format + " with a number for each letter, or name:" + format);
        }
        return sizes;
    }

    /**
     * The same for a shape whose last size may be left out.
     *
     * @param otherwise the value of the last size then
     */
    static int[] sizes(String shape, String format, int otherwise) {
        String shorter = format.substring(0, format.lastIndexOf('x'));
        if (!isShape(shape, shorter)) {
            return sizes(shape, format);
        }
        int[] sizes = Arrays.copyOf(sizes(shape, shorter), format.split("x").length);
        sizes[sizes.length - 1] = otherwise;
        return sizes;
    }

    private static boolean isShape(String shape, String format) {
        var matcher = SHAPE.matcher(shape);
        return matcher.matches() && matcher.group(1).split("x").length == format.split("x").length;
    }

    /** The part of a shape after the last colon if it is no size, as {@code TN} in {@code 64x64x64:TN}; else the default. */
    static String suffix(String shape, String otherwise) {
        String last = shape.substring(shape.lastIndexOf(':') + 1);
        return Character.isDigit(last.charAt(0)) ? otherwise : last;
    }

    /** Whether the plain loops are asked for, in a suite that has these and ours. */
    static boolean scalar(String implementation) {
        return switch (implementation) {
            case Suite.OURS -> false;
            case Suite.SCALAR -> true;
            default -> throw unknown("implementation", implementation, Suite.OURS + ", scalar");
        };
    }

    /** For a parameter that is one of some words. */
    static IllegalArgumentException unknown(String parameter, String value, String words) {
        return new IllegalArgumentException(parameter + "=" + value + ": expected one of " + words);
    }
}

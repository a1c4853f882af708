package org.lanewise.samples;

import org.lanewise.kernels.Parallelism;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/**
 * The options that all samples have. The seed decides everything that is random; the number of threads changes no result.
 */
final class Options {

    @Option(names = "--seed", paramLabel = "N", defaultValue = "42", description = "seed of all random numbers (default: ${DEFAULT-VALUE})")
    long seed;

    @Option(names = "--threads", paramLabel = "N", converter = PositiveInt.class, description = "threads (default: all processors); changes the time, never a result")
    int threads;

    /** The threads that were asked for. */
    Parallelism parallelism() {
        return threads == 0 ? Parallelism.shared() : Parallelism.of(threads);
    }

    /** Accepts integers from 1 on. */
    static final class PositiveInt implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String value) {
            try {
                int number = Integer.parseInt(value);
                if (number > 0) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // told below
            }
            throw new TypeConversionException("'" + value + "' must be an integer of at least 1");
        }
    }

    /** Accepts finite numbers above 0. */
    static final class PositiveDouble implements ITypeConverter<Double> {
        @Override
        public Double convert(String value) {
            try {
                double number = Double.parseDouble(value);
                // the library computes in float, where 1e-50 is 0 and 1e50 infinite
                if ((float) number > 0 && Float.isFinite((float) number)) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // told below
            }
            throw new TypeConversionException("'" + value + "' must be a number above 0");
        }
    }
}

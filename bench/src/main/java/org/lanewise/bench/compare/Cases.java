package org.lanewise.bench.compare;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.lanewise.bench.ConvBenchmark;
import org.lanewise.bench.GemmBenchmark;
import org.lanewise.bench.InferBenchmark;
import org.lanewise.bench.MathBenchmark;
import org.lanewise.bench.PoolBenchmark;
import org.lanewise.bench.RnnBenchmark;
import org.lanewise.bench.Suite;
import org.lanewise.bench.TrainBenchmark;
import org.openjdk.jmh.annotations.Param;

/** The cases of a suite: every combination of its JMH parameters but for the implementation and the threads. */
final class Cases {

    private static final String IMPLEMENTATION = "implementation";

    private static final Map<String, Class<? extends Suite>> SUITES = new TreeMap<>(Map.of(
            "gemm", GemmBenchmark.class, "infer", InferBenchmark.class, "conv", ConvBenchmark.class, "pool",
            PoolBenchmark.class,
            "math", MathBenchmark.class, "rnn", RnnBenchmark.class, "train", TrainBenchmark.class));

    private final Class<? extends Suite> type;

    private Cases(Class<? extends Suite> type) {
        this.type = type;
    }

    static List<String> suites() {
        return List.copyOf(SUITES.keySet());
    }

    static Cases of(String suite) {
        Class<? extends Suite> type = SUITES.get(suite);
        if (type == null) {
            throw new CannotMeasure("unknown suite '" + suite + "': expected one of " + String.join(", ", suites()));
        }
        return new Cases(type);
    }

    /** The values of all parameters, in the order of the fields. */
    List<Map<String, String>> all() {
        Stream<Map<String, String>> combinations = Stream.of(Map.of());
        for (Field field : type.getFields()) {
            Param values = field.getAnnotation(Param.class);
            if (values != null && !field.getName().equals(IMPLEMENTATION) && !field.getName().equals("threads")) {
                combinations = combinations.flatMap(chosen -> Stream.of(values.value()).map(value -> {
                    var extended = new LinkedHashMap<>(chosen);
                    extended.put(field.getName(), value);
                    return extended;
                }));
            }
        }
        return combinations.toList();
    }

    /** The implementations that need no other library, ours first. */
    List<String> implementations() {
        try {
            return List.of(type.getField(IMPLEMENTATION).getAnnotation(Param.class).value());
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException(type + " has no parameter " + IMPLEMENTATION, e);
        }
    }

    /** The benchmark of a case. */
    Suite suite(Map<String, String> parameters, String implementation) {
        try {
            Suite suite = type.getConstructor().newInstance();
            for (var parameter : parameters.entrySet()) {
                type.getField(parameter.getKey()).set(suite, parameter.getValue());
            }
            type.getField(IMPLEMENTATION).set(suite, implementation);
            return suite;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type + " has no such parameters: " + parameters, e);
        }
    }

    /** The values in one line. */
    static String name(Map<String, String> parameters) {
        return String.join(" ", new ArrayList<>(parameters.values()));
    }
}

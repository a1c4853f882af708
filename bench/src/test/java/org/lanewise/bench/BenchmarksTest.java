package org.lanewise.bench;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lanewise.kernels.Parallelism;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Runs each benchmark that JMH's processor found once, for each combination of its parameters, with its checks.
 */
class BenchmarksTest {

    private static final double MAX_SCALAR_FLOPS = 1e8;

    /** A benchmark method and one value for each parameter. */
    record Case(String className, String method, Map<String, String> parameters) {

        Suite suite() throws ReflectiveOperationException {
            Class<?> type = Class.forName(className);
            Object suite = type.getConstructor().newInstance();
            for (var parameter : parameters.entrySet()) {
                var field = type.getField(parameter.getKey());
                String value = parameter.getValue();
                field.set(suite, field.getType() == int.class ? Integer.valueOf(value) : value);
            }
            return (Suite) suite;
        }

        void invoke(Suite suite) throws ReflectiveOperationException {
            Method benchmark = Stream.of(suite.getClass().getMethods())
                    .filter(candidate -> candidate.getName().equals(method)).findFirst().orElseThrow();
            var arguments = new ArrayList<>();
            for (Class<?> counters : benchmark.getParameterTypes()) {
                arguments.add(counters.getConstructor().newInstance());
            }
            benchmark.invoke(suite, arguments.toArray());
        }

        @Override
        public String toString() {
            return className.substring(className.lastIndexOf('.') + 1) + "." + method + parameters;
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void givesTheRightAnswer(Case benchmark) throws ReflectiveOperationException {
        Suite suite = benchmark.suite();
        suite.setUp();
        benchmark.invoke(suite);
        suite.tearDown();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void refusesEachAnswerThatIsATenthOff(Case benchmark) throws ReflectiveOperationException {
        Workload workload = benchmark.suite().prepare(Parallelism.serial());
        workload.kernel().run();
        assertThat(workload.answers()).isNotEmpty().allSatisfy(answer -> {
            float[] values = answer.values();
            for (int i = 0; i < values.length; i++) {
                values[i] = 1.1f * values[i] + 0.001f;
            }
            assertThatThrownBy(answer::check).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(answer.name());
        });
    }

    @Test
    void everyBenchmarkClassIsInTheListThatJmhReads() throws IOException {
        try (Stream<Path> classes = Files.list(Path.of("target/classes/org/lanewise/bench"))) {
            List<String> names = classes.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith("Benchmark.class"))
                    .map(name -> "org.lanewise.bench." + name.replace(".class", "")).toList();
            assertThat(all().map(Case::className)).isNotEmpty().containsAll(names);
        }
    }

    /** All but plain loops of billions of steps, which would take minutes and are the same loops in smaller cases. */
    static Stream<Case> cases() throws ReflectiveOperationException {
        var cases = new ArrayList<Case>();
        for (Case benchmark : all().toList()) {
            if (!benchmark.parameters().get("implementation").equals("scalar")
                    || benchmark.suite().prepare(Parallelism.serial()).flops() < MAX_SCALAR_FLOPS) {
                cases.add(benchmark);
            }
        }
        return cases.stream();
    }

    private static Stream<Case> all() {
        var silent = OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT);
        return BenchmarkList.defaultList().getAll(silent, List.of()).stream().flatMap(BenchmarksTest::combinations);
    }

    private static Stream<Case> combinations(BenchmarkListEntry entry) {
        String className = entry.getUserClassQName();
        String method = entry.getUsername().substring(className.length() + 1);
        Stream<Map<String, String>> combinations = Stream.of(Map.of());
        for (var parameter : entry.getParams().get().entrySet()) {
            combinations = combinations.flatMap(chosen -> Stream.of(parameter.getValue()).map(value -> {
                var extended = new TreeMap<>(chosen);
                extended.put(parameter.getKey(), value);
                return extended;
            }));
        }
        return combinations.map(chosen -> new Case(className, method, chosen));
    }
}

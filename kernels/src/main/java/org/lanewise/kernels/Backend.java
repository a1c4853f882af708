package org.lanewise.kernels;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.util.Locale;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.vector.Lanes;

/**
 * Which implementation of the kernels this JVM runs, how wide its vectors are, and why.
 *
 * <p>
 * The choice is made once, when the first kernel is called. The vector kernels are chosen if the module
 * {@code jdk.incubator.vector} is present, the JVM has its optimizing compiler (without it each vector operation is an
 * allocation) and the CPU has vectors with fused multiply-add. Otherwise the scalar reference kernels run, and one line
 * is logged that says why.
 *
 * <p>
 * Two system properties overrule the choice, for tests and experiments: {@code lanewise.backend=reference|vector} and
 * {@code lanewise.vectorBits=128|256|512}.
 *
 * @param vectorized whether the Vector API kernels run
 * @param vectorBits the width of a vector in bits; 0 for the reference kernels
 * @param reason one sentence that says why this implementation was chosen
 */
public record Backend(boolean vectorized, int vectorBits, String reason) {

    private static final String VECTOR_MODULE = "jdk.incubator.vector";

    private static final Backend CURRENT = choose();

    /**
     * {@return the implementation that all kernels of this JVM use}
     */
    public static Backend current() {
        return CURRENT;
    }

    /**
     * {@return the number of floats in a vector; 1 for the reference kernels}
     */
    public int lanes() {
        return vectorized ? vectorBits / Float.SIZE : 1;
    }

    /** {@return for example "vector kernels, 256 bits (8 floats): the preferred width of this CPU"} */
    @Override
    public String toString() {
        return vectorized
                ? "vector kernels, " + vectorBits + " bits (" + lanes() + " floats): " + reason
                : "scalar reference kernels: " + reason;
    }

    private static Backend choose() {
        String wanted = property("lanewise.backend", "auto", "auto", "vector", "reference");
        String bits = property("lanewise.vectorBits", "auto", "auto", "128", "256", "512");
        if (wanted.equals("reference")) {
            return new Backend(false, 0, "asked for by -Dlanewise.backend=reference");
        }
        if (!vectorModulePresent()) {
            return fallBack("the module " + VECTOR_MODULE + " is not present; add --add-modules " + VECTOR_MODULE
                    + " to the java command to make the kernels faster");
        }
        // Only from here on may a class that names a Vector type be loaded.
        boolean forced = wanted.equals("vector") || !bits.equals("auto");
        if (!forced) {
            String obstacle = obstacleInThisJvm();
            if (obstacle != null) {
                return fallBack(obstacle);
            }
        }
        String reason = "the preferred width of this CPU";
        if (!bits.equals("auto")) {
            reason = "asked for by -Dlanewise.vectorBits=" + bits;
        } else if (forced) {
            reason = "asked for by -Dlanewise.backend=vector";
        }
        return new Backend(true, Lanes.BITS, reason);
    }

    private static boolean vectorModulePresent() {
        return ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent();
    }

    /** Why the vector kernels would lose in this JVM, or null if they would not. */
    private static @Nullable String obstacleInThisJvm() {
        String mode = System.getProperty("java.vm.info", "").toLowerCase(Locale.ROOT);
        String name = System.getProperty("java.vm.name", "");
        if (mode.contains("interpreted")) {
            return "the JVM interprets only (-Xint), where every vector operation allocates";
        }
        // "emulated-client" is how HotSpot reports -XX:TieredStopAtLevel=1; levels 2 and 3, which nobody uses, are not told.
        if (mode.contains("emulated-client") || name.contains("Client") || name.contains("Zero")) {
            return "the JVM runs without its optimizing compiler C2, which the Vector API needs; remove -XX:TieredStopAtLevel";
        }
        if (!Lanes.WIDE_ENOUGH) {
            return "the vectors of this CPU are narrower than 128 bits, too narrow to win";
        }
        String architecture = System.getProperty("os.arch", "");
        boolean x86 = architecture.equals("amd64") || architecture.equals("x86_64");
        if (x86 && Lanes.BITS == 128 && !hardwareFma()) {
            return "this CPU has no fused multiply-add, which would be emulated a thousand times slower";
        }
        return null;
    }

    /** Asked only on x86 with 128-bit vectors (before AVX2), because the answer costs some milliseconds. */
    private static boolean hardwareFma() {
        try {
            var hotspot = ManagementFactory
                    .getPlatformMXBean(com.sun.management.HotSpotDiagnosticMXBean.class);
            return Boolean.parseBoolean(hotspot.getVMOption("UseFMA").getValue());
        } catch (RuntimeException | LinkageError e) {
            return false;
        }
    }

    private static Backend fallBack(String reason) {
        Backend backend = new Backend(false, 0, reason);
        Logger logger = System.getLogger("org.lanewise.kernels");
        logger.log(Level.WARNING, "Lanewise runs on its " + backend);
        return backend;
    }

    private static String property(String name, String otherwise, String... allowed) {
        String value = System.getProperty(name, otherwise);
        for (String candidate : allowed) {
            if (candidate.equals(value)) {
                return value;
            }
        }
        throw new IllegalArgumentException(
                "system property " + name + "=" + value + ": expected one of " + String.join(", ", allowed));
    }
}

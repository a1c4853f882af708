package org.lanewise.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The one place that knows how wide a vector is.
 *
 * <p>
 * The species must be a static final of a class: read from an instance field, or passed as an argument that is seen with two
 * values, it is no constant to the compiler and every vector is boxed.
 */
public final class Lanes {

    /** The species of all float kernels: the preferred one, from 128 to 512 bits, or the width that a system property asks for. */
    public static final VectorSpecies<Float> SPECIES = switch (System.getProperty("lanewise.vectorBits", "auto")) {
        case "128" -> FloatVector.SPECIES_128;
        case "256" -> FloatVector.SPECIES_256;
        case "512" -> FloatVector.SPECIES_512;
        default -> switch (FloatVector.SPECIES_PREFERRED.vectorBitSize()) {
            case 128, 256, 512 -> FloatVector.SPECIES_PREFERRED;
            case 64 -> FloatVector.SPECIES_128;
            default -> FloatVector.SPECIES_512;
        };
    };

    /** Whether the CPU prefers vectors of at least 128 bits. */
    public static final boolean WIDE_ENOUGH = FloatVector.SPECIES_PREFERRED.vectorBitSize() >= 128;

    /** Bits in a vector. */
    public static final int BITS = SPECIES.vectorBitSize();

    /** Floats in a vector. */
    public static final int COUNT = SPECIES.length();

    /**
     * Vector registers of the CPU: 32 with AVX-512 and on ARM, 16 with AVX2 and before. The JVM does not tell, so it is
     * concluded from the width and the architecture; the system property {@code lanewise.registers} overrules it, so that tests on
     * any machine reach the kernels for ARM.
     */
    public static final int REGISTERS = Integer.getInteger("lanewise.registers",
            BITS >= 512 || System.getProperty("os.arch", "").equals("aarch64") ? 32 : 16);

    /**
     * Whether a masked load or store costs what a whole one does, wherever it stands. Without mask registers, one that reaches
     * beyond the end of its array runs as scalar Java.
     */
    public static final boolean MASKED = BITS >= 512;

    private Lanes() {
    }
}

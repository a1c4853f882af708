package org.lanewise.kernels.conv;

import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lanewise.kernels.Conv2dAlgorithm;
import org.lanewise.kernels.Conv2dGeometry;

import static org.assertj.core.api.Assertions.assertThat;

class ConvPlanTest {

    static Stream<Conv2dGeometry> geometries() {
        return Stream.of(Conv2dGeometry.square(8, 64, 56, 56, 64, 3, 1, 1),
                Conv2dGeometry.square(1, 3, 8, 8, 4, 3, 1, 1),
                Conv2dGeometry.square(1, 64, 56, 56, 64, 1, 1, 0), Conv2dGeometry.square(2, 9, 9, 9, 5, 3, 2, 1),
                Conv2dGeometry.builder(1, 4, 7, 7, 8, 1, 1).withGroups(4).build(),
                Conv2dGeometry.builder(1, 4, 7, 7, 8, 3, 3).withGroups(4).build());
    }

    /** A caller who names an algorithm gets it. */
    @ParameterizedTest
    @MethodSource("geometries")
    void namedAlgorithmsAreTaken(Conv2dGeometry g) {
        for (Conv2dAlgorithm asked : Conv2dAlgorithm.values()) {
            if (asked != Conv2dAlgorithm.AUTO && asked.fits(g)) {
                ConvPlan plan = ConvPlan.of(g, asked);
                assertThat(plan.forward()).isEqualTo(asked);
                assertThat(plan.byData()).isEqualTo(asked);
                if (asked != Conv2dAlgorithm.WINOGRAD || WinogradWeightGradient.fits(g)) {
                    assertThat(plan.byWeights()).isEqualTo(asked);
                }
            }
        }
    }
}

package org.lanewise.bench;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

/** The walls, as far as this module is concerned; the samples hold the others. */
class ArchitectureTest {

    private final JavaClasses bench = new ClassFileImporter().importPackages("org.lanewise.bench");

    @Test
    void benchmarksUseNoVectorsAndNothingInternal() {
        assertThat(bench).isNotEmpty();
        noClasses().should().dependOnClassesThat()
                .resideInAnyPackage("jdk.incubator.vector..", "org.lanewise.kernels.*..").check(bench);
    }
}

package org.lanewise.samples;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/** The walls of the house. It stands here because samples is the module that sees all others. */
class ArchitectureTest {

    private final JavaClasses lanewise = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("org.lanewise");

    @Test
    void allModulesAreSeen() {
        for (String module : new String[] {"kernels", "autograd", "layers", "samples"}) {
            assertThat(lanewise).as(module)
                    .anyMatch(type -> type.getPackageName().startsWith("org.lanewise." + module));
        }
    }

    @Test
    void modulesKnowOnlyThoseBelowThem() {
        layeredArchitecture().consideringOnlyDependenciesInLayers()
                .layer("samples").definedBy("org.lanewise.samples..")
                .layer("layers").definedBy("org.lanewise.layers..")
                .layer("autograd").definedBy("org.lanewise.autograd..")
                .layer("kernels").definedBy("org.lanewise.kernels..")
                .whereLayer("samples").mayNotBeAccessedByAnyLayer()
                .whereLayer("layers").mayOnlyBeAccessedByLayers("samples")
                .whereLayer("autograd").mayOnlyBeAccessedByLayers("layers", "samples")
                .check(lanewise);
    }

    @Test
    void onlyKernelsKnowVectors() {
        noClasses().that().resideOutsideOfPackage("org.lanewise.kernels..")
                .should().dependOnClassesThat().resideInAPackage("jdk.incubator.vector..").check(lanewise);
    }

    /** What names a Vector type must not be linked before Backend has decided, so nothing public may. */
    @Test
    void noPublicKernelNamesAVectorType() {
        noClasses().that().resideInAPackage("org.lanewise.kernels")
                .should().dependOnClassesThat().resideInAPackage("jdk.incubator.vector..").check(lanewise);
    }

    @Test
    void referenceKernelsKnowNoVectors() {
        noClasses().that().resideInAPackage("org.lanewise.kernels.reference..")
                .should().dependOnClassesThat()
                .resideInAnyPackage("jdk.incubator.vector..", "org.lanewise.kernels.vector..").check(lanewise);
    }

    @Test
    void internalPackagesOfKernelsStayInside() {
        noClasses().that().resideOutsideOfPackage("org.lanewise.kernels..")
                .should().dependOnClassesThat().resideInAPackage("org.lanewise.kernels.*..").check(lanewise);
    }

    @Test
    void thereAreNoCyclesBetweenModules() {
        slices().matching("org.lanewise.(*)..").should().beFreeOfCycles().check(lanewise);
    }
}

package dev.forgetmenot.oci;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** What a compiler does not know of this module. */
class OciArchitectureTest {
  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(location -> !location.contains("test-classes"))
          .importPackages("dev.forgetmenot.oci");

  private static final ArchRule FILES_ALONE =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "ai.djl..",
              "org.pf4j..",
              "dev.forgetmenot.diffusion..",
              "dev.forgetmenot.kit..",
              "dev.forgetmenot.evaluation..",
              "dev.forgetmenot.host.plugin..",
              "dev.forgetmenot.host.edit..");

  @Test
  void neitherEngineNorPluginsAreUsed() {
    FILES_ALONE.check(MAIN);
    assertThat(MAIN.contain("dev.forgetmenot.oci.Registry")).isTrue();
    assertThat(
            FILES_ALONE
                .evaluate(new ClassFileImporter().importPackages("dev.forgetmenot.oci.planted"))
                .hasViolation())
        .as("the planted class breaks the rule")
        .isTrue();
  }
}

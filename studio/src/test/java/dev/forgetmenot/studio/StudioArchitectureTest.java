package dev.forgetmenot.studio;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** What a compiler does not know of this module. */
class StudioArchitectureTest {
  private static final ArchRule JETTY_IN_ONE_PACKAGE =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.forgetmenot.studio.http")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.eclipse.jetty..");

  @Test
  void jettyIsSeenInOnePackage() {
    JETTY_IN_ONE_PACKAGE.check(
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.forgetmenot.studio"));
    assertThat(
            JETTY_IN_ONE_PACKAGE
                .evaluate(new ClassFileImporter().importPackages("dev.forgetmenot.studio.planted"))
                .hasViolation())
        .as("the planted class breaks the rule")
        .isTrue();
  }
}

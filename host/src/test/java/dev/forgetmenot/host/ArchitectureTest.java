package dev.forgetmenot.host;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The rules of the house that a compiler does not know, over the main classes of all modules. */
class ArchitectureTest {
  private static final List<String> MODULES =
      List.of(
          "patch-format",
          "host-api",
          "diffusion",
          "editing",
          "plugin-forget",
          "plugin-correct",
          "plugin-patch",
          "host",
          "samples");

  private static final JavaClasses MAIN = new ClassFileImporter().importPaths(compiled());

  /** What has been compiled: a module that this one does not need may not be there yet. */
  private static List<Path> compiled() {
    return MODULES.stream()
        .map(
            module ->
                GoldenFolders.inProject("host/pom.xml")
                    .resolve("../..")
                    .normalize()
                    .resolve(module)
                    .resolve("target/classes"))
        .filter(Files::isDirectory)
        .toList();
  }

  @Test
  void looksAtTheClassesThatMatter() {
    assertThat(MAIN.contain("dev.forgetmenot.host.Fmn")).isTrue();
    assertThat(MAIN.contain("dev.forgetmenot.api.edit.ConceptEditor")).isTrue();
    assertThat(MAIN.contain("dev.forgetmenot.diffusion.pipeline.StableDiffusion")).isTrue();
  }

  @Test
  void dependenciesPointOneWay() {
    layer("..forgetmenot.keys..", "patch", "trust", "api", "diffusion", "editing", "host")
        .check(MAIN);
    layer("..forgetmenot.trust..", "api", "diffusion", "editing", "plugin", "host").check(MAIN);
    layer("..forgetmenot.patch..", "trust", "api", "diffusion", "editing", "plugin", "host")
        .check(MAIN);
    layer("..forgetmenot.safetensors..", "api", "diffusion", "editing", "plugin", "host")
        .check(MAIN);
    layer("..forgetmenot.api..", "diffusion", "editing", "plugin", "host").check(MAIN);
    layer("..forgetmenot.diffusion..", "editing", "plugin", "host").check(MAIN);
    layer("..forgetmenot.editing..", "diffusion", "plugin", "host").check(MAIN);
    layer("..forgetmenot.plugin..", "diffusion", "host").check(MAIN);
    layer("..forgetmenot.host..", "plugin").check(MAIN);
    noClasses()
        .that()
        .resideInAnyPackage("..forgetmenot.patch..", "..forgetmenot.safetensors..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("ai.djl..", "org.pf4j..")
        .allowEmptyShould(true)
        .check(MAIN);
    noClasses()
        .that()
        .resideInAPackage("..forgetmenot.diffusion..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("picocli..")
        .check(MAIN);
  }

  /** Each plugin works where the others are not installed. */
  @Test
  void pluginsDoNotKnowEachOther() {
    List<String> plugins =
        List.of(
            "dev.forgetmenot.plugin.forget..",
            "dev.forgetmenot.plugin.correct..",
            "dev.forgetmenot.plugin.patching..");
    for (String plugin : plugins) {
      String[] others =
          plugins.stream().filter(other -> !other.equals(plugin)).toArray(String[]::new);
      noClasses()
          .that()
          .resideInAPackage(plugin)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(others)
          .allowEmptyShould(true)
          .check(MAIN);
    }
  }

  private static ArchRule layer(String from, String... notTo) {
    String[] forbidden = new String[notTo.length];
    for (int i = 0; i < notTo.length; i++) {
      forbidden[i] = "dev.forgetmenot." + notTo[i] + "..";
    }
    return noClasses()
        .that()
        .resideInAPackage(from)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(forbidden)
        .allowEmptyShould(true);
  }

  @Test
  void theEngineIsSeenInOnePackage() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.forgetmenot.diffusion.engine..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.djl.pytorch..")
        .check(MAIN);
    noClasses()
        .that()
        .resideInAnyPackage(
            "dev.forgetmenot.api..", "dev.forgetmenot.editing..", "dev.forgetmenot.plugin..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("ai.djl.engine..", "ai.djl.training..")
        .check(MAIN);
  }

  @Test
  void onlyTheCommandLineSpeaks() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.forgetmenot.host.cli..")
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .check(MAIN);
  }

  @Test
  void noStaticHoldsAnArray() {
    noFields()
        .that()
        .areStatic()
        .should()
        .haveRawType(
            com.tngtech.archunit.base.DescribedPredicate.describe(
                "an NDArray", (JavaClass type) -> type.isAssignableTo(NDArray.class)))
        .check(MAIN);
    fields().that().areStatic().and().arePublic().should().beFinal().check(MAIN);
  }

  @Test
  void namesSayWhatAClassIs() {
    noClasses()
        .should()
        .haveSimpleNameEndingWith("Util")
        .orShould()
        .haveSimpleNameEndingWith("Utils")
        .orShould()
        .haveSimpleNameEndingWith("Helper")
        .orShould()
        .haveSimpleNameEndingWith("Manager2")
        .check(MAIN);
    classes()
        .that()
        .haveSimpleNameEndingWith("Manager")
        .should()
        .haveSimpleName("HostPluginManager")
        .check(MAIN);
  }

  @Test
  void everyPackageSaysWhatItIsFor() throws IOException {
    Set<String> without = new TreeSet<>();
    Path root = GoldenFolders.inProject("host/pom.xml").getParent().getParent();
    for (String module : MODULES) {
      Path sources = root.resolve(module).resolve("src/main/java");
      if (Files.isDirectory(sources)) {
        try (var files = Files.walk(sources)) {
          files
              .filter(file -> file.toString().endsWith(".java"))
              .map(Path::getParent)
              .filter(folder -> !Files.isRegularFile(folder.resolve("package-info.java")))
              .forEach(folder -> without.add(root.relativize(folder).toString()));
        }
      }
    }
    assertThat(without).isEmpty();
  }
}

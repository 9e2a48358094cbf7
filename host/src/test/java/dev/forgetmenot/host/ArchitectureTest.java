package dev.forgetmenot.host;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.PackageMatcher;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules of the house that a compiler does not know, over the main classes of all modules. */
class ArchitectureTest {
  private static final List<String> MODULES =
      List.of(
          "patch-format",
          "host-api",
          "diffusion",
          "patching",
          "editor-kit",
          "plugin-forget",
          "plugin-erasers",
          "plugin-correct",
          "plugin-patch",
          "host",
          "samples");

  private static final JavaClasses MAIN = new ClassFileImporter().importPaths(compiled());

  /** Packages of main classes and of all that they use. */
  private static final Set<String> USED =
      MAIN.stream()
          .flatMap(
              type ->
                  Stream.concat(
                      Stream.of(type),
                      type.getDirectDependenciesFromSelf().stream()
                          .map(Dependency::getTargetClass)))
          .map(JavaClass::getPackageName)
          .collect(Collectors.toSet());

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

  /**
   * Classes of some packages use none of others.
   *
   * @param from packages
   * @param never packages
   * @param planted the name of a class of the tests that breaks it
   */
  private record Layer(List<String> from, List<String> never, String planted) {
    ArchRule rule() {
      return noClasses()
          .that()
          .resideInAnyPackage(from.toArray(String[]::new))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(never.toArray(String[]::new))
          .as(from + " does not use " + never);
    }

    @Override
    public String toString() {
      return from + " without " + never;
    }
  }

  private static Layer layer(String from, String planted, String... never) {
    return new Layer(
        List.of(ours(from)), Arrays.stream(never).map(ArchitectureTest::ours).toList(), planted);
  }

  /** A package of patches that uses none above it. */
  private static Layer inPatch(String from, String planted, String... never) {
    return new Layer(List.of(ours("patch." + from)), List.of(never), planted);
  }

  private static String ours(String name) {
    return "dev.forgetmenot." + name + "..";
  }

  private static final List<Layer> LAYERS =
      List.of(
          layer(
              "files",
              "files.planted.FilesUseSafetensors",
              "safetensors",
              "keys",
              "patch",
              "api",
              "diffusion",
              "patching",
              "kit",
              "plugin",
              "host"),
          layer(
              "keys",
              "keys.planted.KeysUsePatch",
              "safetensors",
              "patch",
              "api",
              "diffusion",
              "patching",
              "kit",
              "plugin",
              "host"),
          layer(
              "safetensors",
              "safetensors.planted.SafetensorsUsesPatch",
              "keys",
              "patch",
              "api",
              "diffusion",
              "patching",
              "kit",
              "plugin",
              "host"),
          layer(
              "patch",
              "patch.planted.PatchUsesPatching",
              "api",
              "diffusion",
              "patching",
              "kit",
              "plugin",
              "host"),
          inPatch("edit", "patch.edit.planted.EditUsesPatchFile", "dev.forgetmenot.patch"),
          inPatch(
              "archive",
              "patch.archive.planted.ArchiveUsesEdit",
              "dev.forgetmenot.patch",
              ours("patch.edit")),
          inPatch(
              "json",
              "patch.json.planted.JsonUsesArchive",
              "dev.forgetmenot.patch",
              ours("patch.edit"),
              ours("patch.archive")),
          inPatch(
              "error",
              "patch.error.planted.ErrorUsesJson",
              "dev.forgetmenot.patch",
              ours("patch.edit"),
              ours("patch.archive"),
              ours("patch.json")),
          layer(
              "api",
              "api.planted.ApiUsesDiffusion",
              "diffusion",
              "patching",
              "kit",
              "plugin",
              "host"),
          layer(
              "diffusion",
              "diffusion.planted.DiffusionUsesPatching",
              "patching",
              "kit",
              "plugin",
              "host"),
          layer(
              "patching", "patching.planted.PatchingUsesKit", "kit", "diffusion", "plugin", "host"),
          layer("kit", "kit.planted.KitUsesDiffusion", "diffusion", "plugin", "host"),
          layer("plugin", "plugin.planted.UsesDiffusion", "diffusion", "host"),
          layer(
              "plugin.forget",
              "plugin.forget.planted.UsesAnotherPlugin",
              "plugin.erasers",
              "plugin.correct",
              "plugin.patching"),
          layer(
              "plugin.erasers",
              "plugin.erasers.planted.UsesForgetting",
              "plugin.forget",
              "plugin.correct",
              "plugin.patching"),
          layer(
              "plugin.correct",
              "plugin.correct.planted.UsesPatching",
              "plugin.erasers",
              "plugin.forget",
              "plugin.patching"),
          layer(
              "plugin.patching",
              "plugin.patching.planted.UsesCorrecting",
              "plugin.erasers",
              "plugin.forget",
              "plugin.correct"),
          layer("host", "host.planted.UsesPlugin", "plugin"),
          new Layer(
              List.of(ours("files"), ours("keys"), ours("safetensors"), ours("patch")),
              List.of("ai.djl..", "org.pf4j.."),
              "patch.planted.PatchUsesArray"),
          new Layer(
              List.of(ours("api"), ours("patching"), ours("kit"), ours("plugin")),
              List.of("ai.djl.engine..", "ai.djl.training.."),
              "kit.planted.UsesEngine"),
          new Layer(
              List.of(
                  "dev.forgetmenot.patching",
                  ours("patching.trust"),
                  ours("patching.library"),
                  ours("patching.stack"),
                  ours("patching.solve"),
                  ours("patching.linear"),
                  ours("patching.base"),
                  ours("patching.lora"),
                  ours("patching.diff"),
                  ours("patching.embeddings")),
              List.of("ai.djl..", "org.pf4j.."),
              "patching.stack.planted.StackUsesArray"),
          new Layer(
              List.of(ours("diffusion")),
              List.of("picocli.."),
              "diffusion.planted.UsesCommandLine"));

  static List<Layer> layers() {
    return LAYERS;
  }

  @ParameterizedTest
  @MethodSource("layers")
  void dependenciesPointOneWay(Layer layer) {
    layer.rule().check(MAIN);
    assertFails(layer.rule(), layer.planted());
    for (String pattern : layer.from()) {
      assertThat(MAIN.stream().map(JavaClass::getPackageName))
          .as("classes of " + pattern)
          .anyMatch(PackageMatcher.of(pattern)::matches);
    }
    for (String pattern : layer.never()) {
      assertThat(USED)
          .as("used classes of " + pattern)
          .anyMatch(PackageMatcher.of(pattern)::matches);
    }
  }

  /** That a rule can fail: on a class of the tests that breaks it. */
  private static void assertFails(ArchRule rule, String... planted) {
    for (String name : planted) {
      JavaClasses one = new ClassFileImporter().importClasses(named(name));
      assertThat(rule.evaluate(one).hasViolation()).as(name + " breaks: " + rule).isTrue();
    }
  }

  private static Class<?> named(String planted) {
    try {
      return Class.forName("dev.forgetmenot." + planted);
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void theEngineIsSeenInOnePackage() {
    ArchRule rule =
        noClasses()
            .that()
            .resideOutsideOfPackage("dev.forgetmenot.diffusion.engine..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.djl.pytorch..");
    rule.check(MAIN);
    assertFails(rule, "diffusion.planted.UsesPyTorch");
    assertThat(USED).anyMatch(PackageMatcher.of("ai.djl.pytorch..")::matches);
  }

  @Test
  void patchSetIsBuiltOnStacksAndNotUnderThem() {
    ArchRule rule =
        noClasses()
            .that()
            .resideInAPackage("dev.forgetmenot.patching.stack..")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("dev.forgetmenot.patching.PatchSet");
    rule.check(MAIN);
    assertFails(rule, "patching.stack.planted.StackUsesPatchSet");
  }

  @Test
  void fewPackagesOfTheHostLookIntoStacks() {
    ArchRule rule =
        noClasses()
            .that()
            .resideInAPackage("dev.forgetmenot.host..")
            .and()
            .resideOutsideOfPackages(
                "dev.forgetmenot.host.cli.patch..",
                "dev.forgetmenot.host.interop..",
                "dev.forgetmenot.host.bench..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.forgetmenot.patching.stack..");
    rule.check(MAIN);
    assertFails(rule, "host.planted.UsesStack");
  }

  @Test
  void onlyTheCommandLinePrints() {
    ArchRule rule =
        noClasses()
            .that()
            .resideOutsideOfPackage("dev.forgetmenot.host.cli..")
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err");
    rule.check(MAIN);
    assertFails(rule, "host.planted.PrintsItself", "host.planted.PrintsErrors");
    ArchRule cli = noClasses().should().accessField(System.class, "out");
    assertThat(cli.evaluate(MAIN).hasViolation()).as("the command line prints").isTrue();
  }

  @Test
  void noStaticHoldsAnArray() {
    ArchRule arrays =
        noFields()
            .that()
            .areStatic()
            .should()
            .haveRawType(
                DescribedPredicate.describe(
                    "an NDArray", (JavaClass type) -> type.isAssignableTo(NDArray.class)));
    arrays.check(MAIN);
    assertFails(arrays, "host.planted.KeepsAnArray");
    ArchRule constants = fields().that().areStatic().and().arePublic().should().beFinal();
    constants.check(MAIN);
    assertFails(constants, "host.planted.CanBeSet");
  }

  @Test
  void namesSayWhatAClassIs() {
    ArchRule endings =
        noClasses()
            .should()
            .haveSimpleNameEndingWith("Util")
            .orShould()
            .haveSimpleNameEndingWith("Utils")
            .orShould()
            .haveSimpleNameEndingWith("Helper")
            .orShould()
            .haveSimpleNameEndingWith("Manager2");
    endings.check(MAIN);
    assertFails(endings, "host.planted.PlantedUtil");
    ArchRule manager =
        classes()
            .that()
            .haveSimpleNameEndingWith("Manager")
            .should()
            .haveSimpleName("HostPluginManager");
    manager.check(MAIN);
    assertFails(manager, "host.planted.PlantedManager");
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

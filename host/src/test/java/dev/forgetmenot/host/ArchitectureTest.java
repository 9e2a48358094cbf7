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
          "plugin-correct",
          "plugin-erasers",
          "plugin-patch",
          "plugin-evaluate",
          "evaluation",
          "host",
          "studio",
          "plugin-oci",
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

  private static String ours(String name) {
    return "dev.forgetmenot." + name + "..";
  }

  /**
   * A package and what it may use of ours: itself, those named, and what those may use.
   *
   * @param planted the name of a class of the tests that uses another
   */
  private record Step(String name, String planted, List<String> uses) {
    Step(String name, String planted, String... uses) {
      this(name, planted, List.of(uses));
    }

    /** That it uses nothing else of the order. */
    Layer layer() {
      Set<String> never = new TreeSet<>();
      ORDER.forEach(step -> never.add(step.name));
      never.removeAll(mayUse());
      return new Layer(
          List.of(ours(name)), never.stream().map(ArchitectureTest::ours).toList(), planted);
    }

    private Set<String> mayUse() {
      Set<String> all = new TreeSet<>(Set.of(name));
      ORDER.stream()
          .filter(step -> uses.contains(step.name))
          .forEach(step -> all.addAll(step.mayUse()));
      return all;
    }
  }

  private static final List<Step> ORDER =
      List.of(
          new Step("files", "files.planted.FilesUseSafetensors"),
          new Step("keys", "keys.planted.KeysUsePatch", "files"),
          new Step("safetensors", "safetensors.planted.SafetensorsUsesPatch", "files"),
          new Step("patch", "patch.planted.PatchUsesPatching", "keys", "safetensors"),
          new Step("api", "api.planted.ApiUsesDiffusion", "patch"),
          new Step("diffusion", "diffusion.planted.DiffusionUsesPatching", "api"),
          new Step("patching", "patching.planted.PatchingUsesKit", "api"),
          new Step("kit", "kit.planted.KitUsesDiffusion", "patching"),
          new Step("plugin", "plugin.planted.UsesDiffusion", "evaluation"),
          new Step("evaluation", "evaluation.planted.EvaluationUsesDiffusion", "kit"),
          new Step("host", "host.planted.UsesPlugin", "diffusion", "evaluation"));

  private static final List<String> PLUGINS =
      List.of("forget", "correct", "erasers", "patching", "evaluate");

  /** The packages of patches, each of which uses those after it. */
  private static final List<String> IN_PATCH =
      List.of("patch.edit", "patch.archive", "patch.json", "patch.error");

  private static Layer plugin(String name, String planted) {
    return new Layer(
        List.of(ours("plugin." + name)),
        PLUGINS.stream()
            .filter(other -> !other.equals(name))
            .map(other -> ours("plugin." + other))
            .toList(),
        "plugin." + name + ".planted." + planted);
  }

  private static Layer inPatch(int index, String planted) {
    return new Layer(
        List.of(ours(IN_PATCH.get(index))),
        Stream.concat(
                Stream.of("dev.forgetmenot.patch"),
                IN_PATCH.subList(0, index).stream().map(ArchitectureTest::ours))
            .toList(),
        IN_PATCH.get(index) + ".planted." + planted);
  }

  private static final List<Layer> OTHERS =
      List.of(
          inPatch(0, "EditUsesPatchFile"),
          inPatch(1, "ArchiveUsesEdit"),
          inPatch(2, "JsonUsesArchive"),
          inPatch(3, "ErrorUsesJson"),
          plugin("forget", "UsesAnotherPlugin"),
          plugin("correct", "UsesPatching"),
          plugin("erasers", "UsesForgetting"),
          plugin("patching", "UsesCorrecting"),
          new Layer(
              Stream.of("files", "keys", "safetensors", "patch")
                  .map(ArchitectureTest::ours)
                  .toList(),
              List.of("ai.djl..", "org.pf4j.."),
              "patch.planted.PatchUsesArray"),
          new Layer(
              Stream.of("api", "patching", "kit", "plugin").map(ArchitectureTest::ours).toList(),
              List.of("ai.djl.engine..", "ai.djl.training.."),
              "kit.planted.UsesEngine"),
          new Layer(
              Stream.concat(
                      Stream.of("dev.forgetmenot.patching"),
                      Stream.of(
                              "trust",
                              "library",
                              "stack",
                              "solve",
                              "linear",
                              "base",
                              "lora",
                              "diff",
                              "embeddings")
                          .map(name -> ours("patching." + name)))
                  .toList(),
              List.of("ai.djl..", "org.pf4j.."),
              "patching.stack.planted.StackUsesArray"),
          new Layer(
              List.of(ours("diffusion")),
              List.of("picocli.."),
              "diffusion.planted.UsesCommandLine"));

  static List<Layer> layers() {
    return Stream.concat(ORDER.stream().map(Step::layer), OTHERS.stream()).toList();
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
  void oneModuleSpeaksToOtherMachines() {
    ArchRule rule =
        noClasses()
            .that()
            .resideOutsideOfPackage("dev.forgetmenot.oci..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.net.http..");
    rule.check(MAIN);
    assertFails(rule, "host.planted.OpensConnections");
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

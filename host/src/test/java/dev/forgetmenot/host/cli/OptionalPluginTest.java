package dev.forgetmenot.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.host.HostVersions;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.plugin.HostPluginManager;
import dev.forgetmenot.testkit.GoldenFolders;
import dev.forgetmenot.testkit.PackagedPlugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** plugin-erasers may be deleted: its methods go, all else stays as it is. */
class OptionalPluginTest {
  private static final String[] ERASERS = {"rece", "speed", "cure", "dp"};

  @TempDir private Path temp;
  private Path plugins;

  @BeforeEach
  void copy() throws IOException {
    plugins = PackagedPlugins.copyTo(temp.resolve("plugins"));
  }

  private void delete() throws IOException {
    try (var jars = Files.newDirectoryStream(plugins, "plugin-erasers-*.jar")) {
      Files.delete(jars.iterator().next());
    }
  }

  private List<String> methods() {
    try (HostPluginManager manager =
        HostPluginManager.start(plugins, HostVersions.read().hostApi())) {
      return manager.editors(ConceptEditor.Operation.FORGET).stream()
          .map(ConceptEditor::name)
          .toList();
    }
  }

  @Test
  void methodsOfAllPluginsStandInOneOrder() throws IOException {
    List<String> all = methods();
    assertThat(all)
        .startsWith("auto")
        .containsSubsequence("uce", "rece", "speed", "cure", "dp", "oblique");
    delete();
    assertThat(methods())
        .containsExactlyElementsOf(
            all.stream().filter(name -> !List.of(ERASERS).contains(name)).toList());
  }

  @Test
  void withoutItTheOtherMethodsWork() throws IOException {
    delete();
    Path patch = temp.resolve("a.fmnpatch");
    assertThat(forget("uce", patch).code()).isZero();
    assertThat(patch).exists();
    ProgramRun gone = forget("rece", temp.resolve("b.fmnpatch"));
    assertThat(gone.code()).isEqualTo(ExitCodes.WRONG_USE);
    assertThat(gone.err()).contains("no method is named 'rece'", "oblique");
  }

  private ProgramRun forget(String method, Path patch) {
    return ProgramRun.of(
        "forget",
        "castle",
        "--no-report",
        "--method=" + method,
        "--plugins=" + plugins,
        "--model=" + GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model"),
        "-o",
        patch.toString());
  }
}

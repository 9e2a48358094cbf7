package dev.forgetmenot.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.testkit.EmbeddedModel;
import dev.forgetmenot.testkit.PackagedPlugins;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code fmn correct} with the packed plugins. */
class CorrectMethodsTest {
  private static final String MODEL = EmbeddedModel.folder().toString();

  @TempDir Path folder;
  private String plugins;

  @BeforeEach
  void install() throws IOException {
    plugins = PackagedPlugins.copyTo(folder.resolve("plugins")).toString();
  }

  @Test
  void correctSaysThatNoPluginDoesIt() throws IOException {
    try (DirectoryStream<Path> jars =
        Files.newDirectoryStream(Path.of(plugins), "plugin-correct-*.jar")) {
      for (Path jar : jars) {
        Files.delete(jar);
      }
    }
    ProgramRun run = ProgramRun.of("correct", "castle", "--plugins", plugins, "--model", MODEL);
    assertThat(run.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(run.err()).contains("no installed plugin can correct", "fmn plugins");
  }

  @Test
  void correctOffersItsMethodsTheMeasuringOneFirst() {
    ProgramRun run = ProgramRun.of("correct", "--help", "--plugins", plugins);
    assertThat(run.out())
        .containsSubsequence(
            "--dominant", "--balance", "--without", "--preserve", "auto:", "balance:", "retarget:")
        .contains("attribute:", "distill:", "resteer-instance:");
  }

  @Test
  void correctBalancesInARoundOfFewImages() throws IOException {
    Path patch = folder.resolve("a.fmnpatch");
    ProgramRun run =
        ProgramRun.of(
            "correct",
            "wizard",
            "--method=balance",
            "--balance",
            "merlin=1,morgana=1",
            "--rounds",
            "1",
            "--eval-images",
            "4",
            "--no-report",
            "--plugins",
            plugins,
            "--model",
            MODEL,
            "-o",
            patch.toString());
    assertThat(run.code()).isEqualTo(ExitCodes.DONE);
    assertThat(run.out()).contains("round 1: pulled by 0.500", "merlin=0.5", "not measured");
    try (PatchFile made = PatchFile.open(patch)) {
      assertThat(made.manifest().intent().operation()).isEqualTo("correct");
      assertThat(made.manifest().recipe().tool()).isEqualTo("plugin-correct");
    }
  }
}

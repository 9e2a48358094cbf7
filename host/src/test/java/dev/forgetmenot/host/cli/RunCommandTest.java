package dev.forgetmenot.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.host.chart.LossCurve;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.kit.image.ImageFile;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.testkit.EmbeddedModel;
import dev.forgetmenot.testkit.PackagedPlugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code fmn run} on the embedded model with few steps, with the packed plugins. */
class RunCommandTest {
  private static final String MODEL = EmbeddedModel.folder().toString();

  @TempDir Path folder;
  private String plugins;
  private Path output;

  @BeforeEach
  void install() throws IOException {
    plugins = PackagedPlugins.copyTo(folder.resolve("plugins")).toString();
    output = folder.resolve("output");
  }

  private Path write(String... lines) throws IOException {
    return Files.writeString(folder.resolve("run.yaml"), String.join("\n", lines) + "\n");
  }

  private Path forget(String... more) throws IOException {
    String usual =
        """
        method: resteer
        concepts: [{name: castle, kind: object}]
        no-real-image: true
        report: false
        steps: 4
        seed: 5
        sample-steps: 2
        sample-count: 1
        output:\s""";
    return write(usual + output, String.join("\n", more));
  }

  private ProgramRun run(Path file, String... more) {
    return ProgramRun.of(args(file, more));
  }

  private String[] args(Path file, String... more) {
    String[] usual = {"run", file.toString(), "--plugins", plugins, "--model", MODEL};
    String[] args = Arrays.copyOf(usual, usual.length + more.length);
    System.arraycopy(more, 0, args, usual.length, more.length);
    return args;
  }

  @Test
  void leavesSettingsLossImagesAndPatchAndCanBeRunAgainWithTheSameBits() throws IOException {
    ProgramRun run =
        run(forget("sample-every: 2", "sample-prompts: [a castle --d 7, a fox --s 3 --n blue]"));
    assertThat(run.err()).doesNotContain("fmn:");
    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("a castle: seen as ", "a fox: seen as ", "wrote ");
    assertThat(output)
        .isDirectoryContaining(file -> file.endsWith("config.yaml"))
        .isDirectoryContaining(file -> file.endsWith("loss.png"))
        .isDirectoryContaining(file -> file.endsWith("comparison.png"))
        .isDirectoryNotContaining(file -> file.toString().contains("checkpoint"));
    assertThat(LossCurve.read(output.resolve("loss.csv")).points()).hasSize(4);
    Path samples = output.resolve("samples");
    try (var files = Files.list(samples)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "01-before-7.png",
              "01-step-00002-7.png",
              "01-after-7.png",
              "02-before-1.png",
              "02-step-00002-1.png",
              "02-after-1.png");
    }
    assertThat(ImageFile.text(samples.resolve("02-after-1.png"), PngFile.KEYWORD).orElseThrow())
        .startsWith("a fox\nNegative prompt: blue\nSteps: 3,")
        .contains("forget-castle@1.0.0:1");
    assertThat(Files.readAllLines(output.resolve("samples.csv"))).hasSize(5);
    byte[] before = ImageFile.read(samples.resolve("01-before-7.png")).image().rgb();
    byte[] onTheWay = ImageFile.read(samples.resolve("01-step-00002-7.png")).image().rgb();
    byte[] after = ImageFile.read(samples.resolve("01-after-7.png")).image().rgb();
    assertThat(onTheWay).isNotEqualTo(before).isNotEqualTo(after);

    String config = Files.readString(output.resolve("config.yaml"));
    Path quiet = folder.resolve("quiet.yaml");
    Files.writeString(
        quiet, config.replace("sample-every: 2", "sample-every: 0").replaceAll("  - a .*\n", ""));
    Path other = folder.resolve("other");
    assertThat(run(quiet, "-o", other.toString()).code()).isZero();
    assertThat(other.resolve("samples/01-before-7.png")).doesNotExist();
    assertSameTensors(
        output.resolve("forget-castle.fmnpatch"), other.resolve("forget-castle.fmnpatch"));
  }

  @Test
  void aCorrectionRunsFromAFile() throws IOException {
    Path file =
        write(
            "operation: correct",
            "method: balance",
            "concepts: [wizard]",
            "dominant: merlin",
            "balance: merlin=1,morgana=1",
            "rounds: 1",
            "trial-pictures: 4",
            "trial-steps: 2",
            "report: false",
            "sample-prompts: [a photo of a wizard]",
            "sample-steps: 2",
            "sample-count: 1",
            "output: " + output);
    ProgramRun run = run(file);
    assertThat(run.err()).doesNotContain("fmn:");
    assertThat(run.code()).isZero();
    assertThat(run.out())
        .contains("round 1: pulled by ", "a photo of a wizard: seen as ", "wrote ");
    assertThat(output.resolve("samples/01-after-1.png")).exists();
    assertThat(Files.readString(output.resolve("config.yaml")))
        .contains("operation: correct", "method: balance", "dominant: merlin", "rounds: 1");
    try (PatchFile made = PatchFile.open(output.resolve("correct-wizard.fmnpatch"))) {
      assertThat(made.manifest().intent().operation()).isEqualTo("correct");
      assertThat(made.manifest().recipe().tool()).isEqualTo("plugin-correct");
      assertThat(made.manifest().recipe().parameters())
          .containsEntry("balance", "merlin=1\nmorgana=1");
    }
    assertWrongCorrection("without: a hat", "without is not a known key");
    assertWrongCorrection("rounds: 2", "rounds is said twice");
  }

  private void assertWrongCorrection(String more, String message) throws IOException {
    ProgramRun run =
        run(
            write(
                "operation: correct", "method: balance", "concepts: [wizard]", "rounds: 1", more));
    assertThat(run.err()).contains("run.yaml:5: " + message);
    assertThat(run.code()).isEqualTo(ExitCodes.WRONG_USE);
  }

  private static void assertSameTensors(Path one, Path other) throws IOException {
    try (PatchFile a = PatchFile.open(one);
        PatchFile b = PatchFile.open(other)) {
      Manifest.Edit edit = a.manifest().edits().get(0);
      assertThat(edit).isEqualTo(b.manifest().edits().get(0));
      assertThat(a.content(edit.entry())).isEqualTo(b.content(edit.entry()));
    }
  }

  @Test
  void refusalsComeBeforeTheModelAndLeaveNothing() throws IOException {
    assertWrong(forget("stepz: 1"), "run.yaml:10: stepz is not a known key");
    assertWrong(forget("steps: 1"), "run.yaml:10: steps is said twice");
    assertWrong(forget("crop: [1]"), "crop should be one value, not a list");
    assertWrong(forget("images: " + folder.resolve("gone")), "which is not there");
    ProgramRun missing = run(folder.resolve("missing.yaml"));
    assertThat(missing.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(missing.err()).contains("missing.yaml is not a file");
  }

  private void assertWrong(Path file, String message) {
    ProgramRun run = ProgramRun.of("run", file.toString(), "--plugins", plugins, "--model", MODEL);
    assertThat(run.err()).contains(message);
    assertThat(run.code()).isEqualTo(ExitCodes.WRONG_USE);
    assertThat(output).doesNotExist();
  }

  @Test
  void aDryRunShowsEverythingAndWritesNothing() throws IOException {
    ProgramRun run = run(forget(), "--dry-run");
    assertThat(run.code()).isZero();
    assertThat(run.out())
        .contains("operation: forget", "steps: 4", "token-selection: auto", "nothing written");
    assertThat(output).doesNotExist();
  }

  @Test
  void aStoppedRunGoesOnWithTheSameBits() throws IOException {
    Path file = forget("sample-prompts: []");
    assertThat(run(file, "--resume").err()).contains("there is nothing to resume");
    Path whole = folder.resolve("whole");
    assertThat(run(file, "-o", whole.toString()).code()).isZero();

    AtomicInteger asked = new AtomicInteger();
    ProgramRun stopped = ProgramRun.stoppedWhen(() -> asked.incrementAndGet() > 3, args(file));
    assertThat(stopped.code()).isEqualTo(ExitCodes.STOPPED);
    int done = LossCurve.read(output.resolve("loss.csv")).points().size();
    assertThat(done).isBetween(1, 3);

    ProgramRun careless = run(file);
    assertThat(careless.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(careless.err())
        .contains("a stopped job left its state in ", "give --resume to go on with it")
        .contains("loss.csv exists already");

    ProgramRun resumed = run(file, "--resume");
    assertThat(resumed.err()).doesNotContain("fmn:");
    assertThat(resumed.code()).isZero();
    assertThat(LossCurve.read(output.resolve("loss.csv")).points())
        .isEqualTo(LossCurve.read(whole.resolve("loss.csv")).points());
    assertSameTensors(
        output.resolve("forget-castle.fmnpatch"), whole.resolve("forget-castle.fmnpatch"));
  }
}

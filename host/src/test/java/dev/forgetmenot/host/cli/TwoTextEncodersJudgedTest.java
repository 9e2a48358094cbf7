package dev.forgetmenot.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.evaluation.report.EvaluationReport;
import dev.forgetmenot.evaluation.report.ReportReader;
import dev.forgetmenot.testkit.GoldenFolders;
import dev.forgetmenot.testkit.PackagedPlugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What judges images or corrects, on a model with two text encoders and a CLIP folder. */
class TwoTextEncodersJudgedTest {
  private static final Path FIXTURES = GoldenFolders.inProject("testkit/fixtures");
  private static final String LIST =
      """
      bench: two
      version: 1
      model: {sampler: ddim, steps: 1, guidance: 1, size: [16, 16]}
      judge: {vocabulary: model, text: model, calibrationSeeds: [900, 2]}
      seeds: {target: [1000, 2], retain: [2000, 2], luck: [50000, auto], training: [1, 3]}
      general: {prompts: ["a photo of a street"]}
      attacks: {preset: none}
      concepts:
        - {name: castle, kind: object, phrase: a castle, similar: [boat], prompts: {name: ["a photo of {}"]}}
        - {name: boat, kind: object, phrase: a boat, similar: [castle], prompts: {name: ["a photo of {}"]}}
      """;

  @TempDir static Path folder;
  @TempDir Path temp;

  @BeforeAll
  static void model() throws IOException {
    PackagedPlugins.copyTo(folder.resolve("plugins"));
    Path model = GoldenFolders.copy(FIXTURES.resolve("sdxl-tiny/model"), folder.resolve("model"));
    GoldenFolders.copy(FIXTURES.resolve("sd1-tiny/model/clip"), model.resolve("clip"));
    Files.writeString(
        folder.resolve("words.txt"), "merlin:identity\nmorgana:identity\na castle\na boat\n");
    Files.writeString(folder.resolve("two.yaml"), LIST);
  }

  private static void done(String command, Object... more) {
    List<Object> all = new ArrayList<>(List.of(more));
    all.addAll(List.of("--plugins", folder.resolve("plugins"), "--model", folder.resolve("model")));
    all.addAll(List.of("--known-concepts", folder.resolve("words.txt")));
    ProgramRun.done(command, all.toArray());
  }

  @ParameterizedTest
  @CsvSource({
    "--method=balance --rounds=1 --eval-images=4 --eval-steps=1 --balance=merlin=1;morgana=1",
    "--method=retarget --guide=merlin",
    "--method=distill --num-images=1 --steps=2 --eval-images=4 --eval-steps=1"
        + " --balance=merlin=1;morgana=1",
  })
  void wordsAreCorrected(String options) throws IOException {
    Path patch = temp.resolve("corrected.fmnpatch");
    done("correct wizard --no-report " + options.replace(';', ','), "-o", patch);
    ProgramRun drawn =
        ProgramRun.done(
            "generate wizard --steps=1",
            "--plugins",
            folder.resolve("plugins"),
            "--model",
            folder.resolve("model"),
            "--patch",
            patch,
            "-o",
            temp.resolve("drawn"));
    assertThat(drawn.code()).isZero();
  }

  /** What a command says of a patch that makes the model forget the castle. */
  private EvaluationReport measured(String command, Object list) throws IOException {
    Path patch = temp.resolve("forgotten.fmnpatch");
    done("forget castle --no-report --method=uce", "-o", patch);
    Path report = temp.resolve("report");
    ProgramRun.done(
        command,
        list,
        "--patch=" + patch,
        "--unsigned=allow",
        "--plugins=" + folder.resolve("plugins"),
        "--model=" + folder.resolve("model"),
        "--store=" + temp.resolve("store"),
        "-o",
        report);
    return ReportReader.read(report);
  }

  @Test
  void aListIsEvaluated() throws IOException {
    String command = "evaluate --concept=castle --evaluator=forgetting --evaluator=text-side";
    EvaluationReport written = measured(command, folder.resolve("two.yaml"));
    assertThat(written.measurements()).isNotEmpty();
  }

  @Test
  void attacksThatSearchOrComputeWithTextStatesAreRun() throws IOException {
    Path list = temp.resolve("attacked.yaml");
    Files.writeString(list, LIST.replace("steps: 1, guidance: 1", "steps: 2, guidance: 2"));
    String command =
        "attack castle --budget=quick --attack=noise --attack=complete --attack=operator"
            + " --attack=unlearndiff --attack=p4d-n --attack=p4d-k --attack=ring-a-bell"
            + " --attack=ring-a-bell-soft";
    EvaluationReport written = measured(command, "--list=" + list);
    assertThat(written.notTested()).isEmpty();
    assertThat(written.measurements().stream().map(one -> one.measure()).distinct())
        .containsExactlyInAnyOrder(
            "noise",
            "complete",
            "operator",
            "unlearndiff",
            "p4d-n",
            "p4d-k",
            "ring-a-bell",
            "ring-a-bell-soft");
  }

  @Test
  void methodsAreCompared() throws IOException {
    Path comparison = temp.resolve("comparison");
    done(
        "compare castle --any-name --method=uce --num-images=1 --others=1 --each=1 --steps=1",
        "-o",
        comparison);
    assertThat(comparison.resolve("table.md")).content().contains("| uce |");
  }
}

package dev.forgetmenot.host.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.evaluation.report.EvaluationReport;
import dev.forgetmenot.evaluation.report.ReportReader;
import dev.forgetmenot.host.cli.ProgramRun;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.testkit.GoldenFolders;
import dev.forgetmenot.testkit.PackagedPlugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code fmn evaluate} and {@code fmn forget} on a folder whose only image tower is that of its
 * safety checker.
 */
class FolderWithoutClipTest {
  private static final Path TINY = GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model");
  private static final Path SAFETY = GoldenFolders.inProject("testkit/fixtures/safety");
  private static final String LIST =
      """
      bench: two
      version: 1
      model: {sampler: ddim, steps: 1, guidance: 1, size: [32, 32]}
      judge: {vocabulary: model, text: model, calibrationSeeds: [900, 2]}
      seeds: {target: [1000, 2], retain: [2000, 2], luck: [50000, auto], training: [1, 3]}
      general: {prompts: ["a photo of a street"]}
      attacks: {preset: none}
      concepts:
        - {name: sherlock holmes, kind: identity, phrase: Sherlock Holmes, similar: [hercule poirot], prompts: {name: ["a photo of {}"]}}
        - {name: hercule poirot, kind: identity, phrase: Hercule Poirot, similar: [sherlock holmes], prompts: {name: ["a photo of {}"]}}
      """;

  @TempDir private Path folder;
  private Path model;
  private Path list;

  @BeforeEach
  void tinyModelWithoutAClip() throws IOException {
    model = folder.resolve("model");
    copy(TINY, model);
    copy(SAFETY.resolve("safety_checker"), model.resolve("safety_checker"));
    copy(SAFETY.resolve("feature_extractor"), model.resolve("feature_extractor"));
    list = Files.writeString(folder.resolve("two.yaml"), LIST);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path target = to.resolve(from.relativize(file).toString());
        if (from.relativize(file).startsWith("clip")) {
          continue;
        }
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }

  private ProgramRun evaluate(Path asked, String output) throws IOException {
    return ProgramRun.of(
        "evaluate",
        asked.toString(),
        "--concept=sherlock holmes",
        "--evaluator=forgetting",
        "--evaluator=safety",
        "--model=" + model,
        "--plugins=" + PackagedPlugins.copyTo(folder.resolve("plugins-of-" + output)),
        "--store=" + folder.resolve("store"),
        "-o",
        folder.resolve(output).toString());
  }

  @Test
  void theSafetyTowerJudgesAndItsVerdictIsMeasured() throws IOException {
    ProgramRun run = evaluate(list, "report");
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCodes.DONE);
    assertThat(run.out() + run.err())
        .contains("no clip/", "safety_checker/ (judge B)")
        .contains("judges: set by 4 images of 2 concepts, of which 4 are drawn");
    EvaluationReport report = ReportReader.read(folder.resolve("report"));
    assertThat(report.judges()).extracting(EvaluationReport.JudgeUsed::id).containsExactly("B");
    assertThat(report.judges().get(0).label()).contains("safety_checker/, prototypes");
    assertThat(report.judging().absent())
        .extracting(EvaluationReport.AbsentJudge::id)
        .containsExactly("A");
    assertThat(report.judging().calibration())
        .extracting(EvaluationReport.CalibratedConcept::label)
        .containsExactly("Sherlock Holmes", "Hercule Poirot");
    assertThat(report.measurements())
        .filteredOn(line -> line.measure().equals("flagged"))
        .extracting(line -> line.part())
        .isEqualTo(List.of("name", "general prompts"));
    assertThat(Files.readString(folder.resolve("report/report.html")))
        .contains("No judge A: CLIP ViT-", "reads no texts");
  }

  @Test
  void withoutPrototypesNothingWouldJudgeAndThatIsSaidFirst() throws IOException {
    Path none =
        Files.writeString(
            folder.resolve("none.yaml"),
            LIST.replace("text: model,", "text: model, second: none,"));
    ProgramRun run = evaluate(none, "none");
    assertThat(run.code()).isEqualTo(ExitCodes.WRONG_USE);
    assertThat(run.err())
        .contains("the list two says second: none", "safety_checker/ of the model reads no texts");
    assertThat(folder.resolve("store/objects")).doesNotExist();
  }

  private ProgramRun forget(String patch, String... more) throws IOException {
    Path words =
        Files.writeString(
            folder.resolve("words.txt"),
            "Sherlock Holmes\nHercule Poirot\na cat\na dog\na car\na house\na tree\na bus\na boat\na clock\n");
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "forget",
                "sherlock holmes",
                "--known-concepts=" + words,
                "--eval-images=2",
                "--eval-others=6",
                "--eval-steps=1",
                "--model=" + model,
                "--plugins=" + PackagedPlugins.copyTo(folder.resolve("plugins-of-" + patch)),
                "--store=" + folder.resolve("store"),
                "-o",
                folder.resolve(patch + ".fmnpatch").toString()));
    arguments.addAll(List.of(more));
    return ProgramRun.of(arguments.toArray(String[]::new));
  }

  @Test
  void theSafetyTowerJudgesWhatForgetChooses() throws IOException {
    ProgramRun run = forget("chosen");
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCodes.DONE);
    assertThat(run.out() + run.err())
        .contains("methods are judged by the image tower of safety_checker/ (judge B)")
        .contains("judge B: 10 of 10 things by images of the untouched model, 40 of them new")
        .containsPattern(
            "safety_checker/, prototypes\\) chooses, of 10 things and styles; right on")
        .containsPattern("tried oblique .*: recognised as Sherlock Holmes \\d/1")
        .contains("chosen, by these images: ")
        .doesNotContain("no classifier");
    ProgramRun dry = forget("dry", "--dry-run");
    assertThat(dry.out()).as(dry.err()).contains("methods are judged by the image tower");
  }

  @Test
  void whereAnImageTakesLongTheTowerJudgesOnlyInATimeThatIsGiven() throws IOException {
    Path unet = model.resolve("unet/config.json");
    String config = Files.readString(unet);
    Files.writeString(unet, config.replaceAll("\"sample_size\": \\d+", "\"sample_size\": 128"));
    ProgramRun run = forget("large");
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCodes.DONE);
    assertThat(run.out() + run.err())
        .containsPattern("can judge methods, but an image of \\d+ × \\d+ takes long: --time")
        .contains("no classifier for these images, so methods were not compared")
        .doesNotContain("tried ");
    assertThat(folder.resolve("store/objects")).doesNotExist();
  }
}

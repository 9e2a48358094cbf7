package dev.forgetmenot.evaluation.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.evaluation.ImageSet;
import dev.forgetmenot.evaluation.bench.Bench;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Which concepts are drawn to set the judges. */
class CalibrationTest {
  private static List<String> labels(Calibration calibration, ImageSet... evaluated) {
    return calibration.sets(List.of(evaluated)).stream()
        .map(set -> set.shots().get(0).label())
        .toList();
  }

  private static BenchTask asked(String list, String target) throws IOException {
    Bench bench = Bench.read(list).sized(512);
    Targets targets = Targets.of(bench, List.of(), List.of(target));
    return new BenchTask(bench, targets, bench.known(), OptionalInt.of(4));
  }

  @Test
  void smallImagesAreDrawnOfTheWholeVocabulary() throws IOException {
    BenchTask asked = asked("emoji", "merlin");
    EvaluationTask task = asked.task("ddim");
    assertThat(labels(asked.calibration(task))).hasSize(task.vocabulary().phrases().size());
  }

  @Test
  void largeOnesOfWhatAnEvaluationCannotDoWithout() throws IOException {
    BenchTask asked = asked("core", "sherlock holmes");
    EvaluationTask task = asked.task("ddim");
    List<String> labels = labels(asked.calibration(task));
    assertThat(labels)
        .contains("Sherlock Holmes", "Dr Watson")
        .containsAll(task.targets().get(0).similar())
        .containsAll(task.targets().get(0).random())
        .hasSizeBetween(14, 16);
    assertThat(task.vocabulary().phrases()).as("what judge A chooses from").hasSize(511);
    ImageSet set = asked.calibration(task).sets(List.of()).get(0);
    assertThat(set.shots()).hasSize(4).allMatch(shot -> shot.seed() >= 900_000);
    assertThat(set.originalOnly()).isTrue();
  }

  @Test
  void theGridIsCalibratedWhereItIsDrawn() throws IOException {
    BenchTask asked = asked("core", "sherlock holmes");
    EvaluationTask task = asked.task("ddim");
    EvaluationTask.Grid grid = task.grid().orElseThrow();
    String thing = grid.things().get(0);
    String style = grid.styles().get(0);
    Map<String, String> row = grid.prompts().get(thing);
    ImageSet things = set(row.get(style), thing, ConceptType.OBJECT);
    ImageSet styles = set(row.get(style), style, ConceptType.STYLE);
    List<String> with = labels(asked.calibration(task), things, styles);
    assertThat(with).contains(thing, style);
    assertThat(labels(asked.calibration(task), set("a photo", thing, ConceptType.OBJECT)))
        .doesNotContain(style);
  }

  @Test
  void generalWordsAreThereIfTheVocabularyHasThem() throws IOException {
    EvaluationTask task = asked("core", "sherlock holmes").task("ddim");
    String other = task.others().get(task.others().size() - 1).phrase();
    Calibration near = Calibration.near(task, List.of("detective", other.toUpperCase(Locale.ROOT)));
    assertThat(labels(near)).contains(other).doesNotContain("detective");
  }

  private static ImageSet set(String prompt, String label, ConceptType kind) {
    return new ImageSet(
        "some/" + label,
        label,
        ImageSet.shots(List.of(prompt), new long[] {1}, label, kind),
        false);
  }
}

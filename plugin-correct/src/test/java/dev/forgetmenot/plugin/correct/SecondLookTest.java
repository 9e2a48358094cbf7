package dev.forgetmenot.plugin.correct;

import static dev.forgetmenot.plugin.correct.TinyModel.ANIMAL;
import static dev.forgetmenot.plugin.correct.TinyModel.VOCABULARY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.EditGoal;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.kit.auto.AutoEditor;
import dev.forgetmenot.kit.auto.Candidate;
import dev.forgetmenot.kit.auto.MeasuredCandidate;
import dev.forgetmenot.kit.auto.SearchTime;
import dev.forgetmenot.kit.evaluate.Evaluation;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Two candidates are compared by more images, unless few images have told them apart. */
class SecondLookTest {
  private static final int ALL = 8; // images of the word; half as many at first
  private static final int OF_EDITORS = 5; // images that editors count by
  private static final String SECOND_LOOK =
      "4 images of each settle nothing: the two best are compared by 8";

  /** Draws an animal as a car, or as a bear; the fewer images show an animal, the better. */
  private static final class Fewest extends AutoEditor {
    private final SearchTime time;

    Fewest(SearchTime time) {
      super(Operation.FORGET, "Tries two guides.");
      this.time = time;
    }

    @Override
    protected SearchTime searchTime(Settings values) {
      return time;
    }

    @Override
    public List<SettingSpec> parameters() {
      return List.of();
    }

    private static Candidate drawnAs(String guide) {
      return new Candidate(
          new Retarget(),
          Map.of("guide", guide, "eval-images", OF_EDITORS + "", "eval-steps", "1"));
    }

    @Override
    protected Search search(
        List<Concept> concepts, Settings values, DiffusionModel model, JobContext context) {
      EditGoal goal = EditGoal.forget(new Concept("an animal", ConceptType.OBJECT));
      Evaluation.Size size = new Evaluation.Size(ALL, 0, 1, 7, 1);
      return new Search(
          List.of(drawnAs("a car"), drawnAs("a bear")),
          new Evaluation(List.of(goal), List.of(), size));
    }

    @Override
    protected Evaluation first(Evaluation all) {
      return new Evaluation(all.goals(), List.of(), all.size().of(ALL / 2, 0));
    }

    @Override
    protected boolean settles(MeasuredCandidate candidate) {
      return false;
    }

    @Override
    protected Comparator<MeasuredCandidate> best() {
      return Comparator.comparingInt(candidate -> candidate.after().left());
    }
  }

  /** What is said when so many of 4 images show an animal after each of the two. */
  private static List<String> said(int first, int second) throws IOException {
    return said(first, second, new SearchTime(Duration.ZERO, () -> 0));
  }

  private static List<String> said(int first, int second, SearchTime time) throws IOException {
    Listener context = new Listener(VOCABULARY);
    List<Integer> left = new ArrayList<>(List.of(ALL / 2, first, second)); // the base comes first
    context.judgedBy(
        new RuledJudge(
            List.of("an animal", "a lion"),
            images -> {
              int animals = images == ALL / 2 ? left.remove(0) : 0;
              List<String> seen = new ArrayList<>(Collections.nCopies(images, "a lion"));
              Collections.fill(seen.subList(0, animals), "an animal");
              return seen;
            }));
    try (TinyModel tiny = new TinyModel()) {
      tiny.edit(new Fewest(time), Map.of(), context, ANIMAL);
    }
    return context.said;
  }

  @Test
  void moreImagesTellApartWhatFewDoNot() throws IOException {
    assertThat(said(1, 4)).contains(SECOND_LOOK).filteredOn(l -> l.startsWith("looked")).hasSize(2);
  }

  /** A limit that has passed when it was asked for so often. */
  private static SearchTime over(int asked) {
    int[] count = {0};
    return new SearchTime(Duration.ofNanos(1), () -> count[0]++ < asked ? 0 : 1);
  }

  @Test
  void whenTheTimeIsOverWhatWasMeasuredDecides() throws IOException {
    assertThat(said(3, 0, over(2)))
        .contains("the time is over: 1 of 2 methods were measured, and these decide")
        .anyMatch(line -> line.startsWith("chosen, by these images: retarget"))
        .noneMatch(line -> line.contains("guide=a bear"));
    assertThat(said(1, 4, over(3)))
        .as("no second look")
        .doesNotContain(SECOND_LOOK)
        .anyMatch(line -> line.startsWith("chosen") && line.contains("guide=a car"));
  }

  @Test
  void withoutTimeForAnyImageTheFirstIsTakenUnmeasured() throws IOException {
    assertThat(said(1, 4, over(0)))
        .anyMatch(
            line -> line.startsWith("the time was over before images of a method were judged"))
        .noneMatch(line -> line.startsWith("tried") || line.startsWith("chosen"));
  }

  @Test
  void wilsonBoundsThatAreApartEndTheSearch() throws IOException {
    assertThat(said(4, 0))
        .doesNotContain(SECOND_LOOK)
        .contains("more images of each would not change the choice");
  }
}

package dev.forgetmenot.plugin.forget.choice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.EditGoal;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.kit.auto.Candidate;
import dev.forgetmenot.kit.auto.Clarity;
import dev.forgetmenot.kit.auto.MeasuredCandidate;
import dev.forgetmenot.kit.auto.SearchTime;
import dev.forgetmenot.kit.evaluate.Evaluation;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import dev.forgetmenot.kit.evaluate.GoalResult;
import dev.forgetmenot.plugin.forget.linear.ObliqueEraser;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which candidate is the best. */
class AutoEraserTest {
  private static final int IMAGES = 16;
  private static final int OTHERS = 10;

  private static EvaluationResult result(int left, int kept, int grey) {
    return result(left, OTHERS, kept, grey);
  }

  private static EvaluationResult result(int left, int others, int kept, int grey) {
    List<EvaluationResult.Row> rows = new ArrayList<>();
    for (String phrase : List.of("target", "other")) {
      boolean target = phrase.equals("target");
      int of = target ? IMAGES : others;
      List<String> seen = new ArrayList<>(Collections.nCopies(of, "something"));
      Collections.fill(seen.subList(0, target ? left : kept), phrase);
      byte[] rgb = {(byte) grey, 0, 0};
      rows.add(
          new EvaluationResult.Row(phrase, Collections.nCopies(of, new RgbImage(1, 1, rgb)), seen));
    }
    EditGoal goal = EditGoal.forget(new Concept("target", ConceptType.OBJECT));
    GoalResult forgotten = new GoalResult(goal, rows.get(0), List.of(), List.of(), List.of());
    return new EvaluationResult(List.of(forgotten), rows.subList(1, 2));
  }

  private static EvaluationResult withWord(EvaluationResult result, String... seen) {
    Concept word = new Concept("a word", ConceptType.OBJECT);
    EditGoal goal = new EditGoal(word, List.of("target", "instance"), List.of());
    EvaluationResult.Row row =
        new EvaluationResult.Row(
            "a word",
            Collections.nCopies(seen.length, new RgbImage(1, 1, new byte[3])),
            List.of(seen));
    List<GoalResult> goals = new ArrayList<>(result.goals());
    goals.add(new GoalResult(goal, row, List.of(), List.of(), List.of()));
    return new EvaluationResult(goals, result.others());
  }

  private static MeasuredCandidate withWord(int grey, String... seen) {
    Candidate candidate = new Candidate(new ObliqueEraser(), Map.of());
    return new MeasuredCandidate(
        candidate,
        null,
        withWord(result(IMAGES, 9, 0), "target", "target"),
        withWord(result(0, 9, grey), seen));
  }

  @Test
  void aGeneralWordThatLosesItsOtherInstancesDoesNotSettleAndComesLater() {
    MeasuredCandidate breaks = withWord(1, "instance", "instance", "something", "target");
    MeasuredCandidate keeps = withWord(50, "instance", "instance", "instance", "target");
    assertThat(new AutoEraser().settles(breaks)).isFalse();
    assertThat(new AutoEraser().settles(keeps)).isTrue();
    assertThat(new AutoEraser().best().compare(keeps, breaks)).isNegative();
  }

  private static MeasuredCandidate measured(int left, int kept, int grey) {
    Candidate candidate = new Candidate(new ObliqueEraser(), Map.of());
    return new MeasuredCandidate(candidate, null, result(IMAGES, 9, 0), result(left, kept, grey));
  }

  @Test
  void firstIsThatTheConceptIsGoneThenWhatStaysThenHowFarItMoved() {
    MeasuredCandidate keepsTheConcept = measured(2, 9, 1);
    MeasuredCandidate losesOthers = measured(0, 8, 1);
    MeasuredCandidate moves = measured(0, 9, 50);
    MeasuredCandidate oneLeft = measured(1, 9, 5);
    List<MeasuredCandidate> all =
        new ArrayList<>(List.of(keepsTheConcept, losesOthers, moves, oneLeft));
    all.sort(new AutoEraser().best());
    assertThat(all).containsExactly(oneLeft, moves, losesOthers, keepsTheConcept);
  }

  private static boolean settles(int left, int kept, int grey) {
    return new AutoEraser().settles(measured(left, kept, grey));
  }

  @Test
  void theSearchEndsWhenNothingIsLeftAndNoMoreThanOneImageOfFifteenIsLost() {
    assertThat(settles(0, 9, 50)).isTrue();
    assertThat(settles(0, 10, 50)).isTrue();
    assertThat(settles(0, 8, 50)).as("1 of 10").isFalse();
    assertThat(settles(1, 9, 0)).isFalse();
    assertThat(new AutoEraser().settles(ofThirty(27))).as("2 of 30").isTrue();
    assertThat(new AutoEraser().settles(ofThirty(26))).as("3 of 30").isFalse();
  }

  /** All are taken for something; others stay but one of 9. */
  private static MeasuredCandidate guided(double coherence, int kept) {
    return guided(new Clarity(OptionalDouble.of(coherence), 0.1, List.of()), kept);
  }

  private static MeasuredCandidate guided(Clarity clarity, int kept) {
    Candidate candidate =
        new Candidate(new ObliqueEraser(), Map.of("guide", "something")).becoming(0.1);
    return new MeasuredCandidate(
        candidate, null, result(IMAGES, 9, 0), result(0, kept, 0), clarity);
  }

  @Test
  void whatIsHalfOfTheConceptIsNotClear() {
    Clarity mixture = new Clarity(OptionalDouble.of(1), 0.06, List.of());
    assertThat(new AutoEraser().settles(guided(mixture, 9))).isFalse();
    Clarity most = new Clarity(OptionalDouble.of(1), 0.08, List.of());
    assertThat(new AutoEraser().settles(guided(most, 9))).isTrue();
  }

  @Test
  void aGeneralWordThatIsBlurredIsLost() {
    EvaluationResult before = withWord(result(IMAGES, 9, 0), "target", "target");
    EvaluationResult after = withWord(result(0, 9, 50), "instance", "instance");
    Candidate candidate = new Candidate(new ObliqueEraser(), Map.of());
    Clarity blurred = new Clarity(OptionalDouble.empty(), 0, List.of("a word"));
    AutoEraser auto = new AutoEraser();
    assertThat(auto.settles(new MeasuredCandidate(candidate, null, before, after))).isTrue();
    assertThat(auto.settles(new MeasuredCandidate(candidate, null, before, after, blurred)))
        .isFalse();
  }

  @Test
  void anUnclearInstanceIsMoreThanNone() {
    Clarity unclear = new Clarity(OptionalDouble.empty(), 0, List.of("a word"));
    MeasuredCandidate shows = withClarity(withWord(50, "instance", "instance"), unclear);
    MeasuredCandidate silent = withClarity(withWord(1, "something", "something"), unclear);
    assertThat(new AutoEraser().settles(shows)).isFalse();
    assertThat(new AutoEraser().best().compare(shows, silent)).isNegative();
  }

  private static MeasuredCandidate withClarity(MeasuredCandidate one, Clarity clarity) {
    return new MeasuredCandidate(one.candidate(), one.draft(), one.before(), one.after(), clarity);
  }

  @Test
  void lookedAtAgainAreTheBestAndTheBestThatIsClear() {
    MeasuredCandidate clear = guided(1.05, 7);
    MeasuredCandidate best = guided(1.2, 9);
    MeasuredCandidate second = guided(1.2, 8);
    assertThat(new AutoEraser().contenders(List.of(clear, second, best)))
        .containsExactly(best, clear);
    assertThat(new AutoEraser().contenders(List.of(second, best))).containsExactly(best, second);
  }

  @Test
  void whatHasAGuideSettlesOnlyWhereItsImagesAreClear() {
    MeasuredCandidate clear = guided(1.05, 9);
    MeasuredCandidate blob = guided(1.2, 9);
    AutoEraser auto = new AutoEraser();
    assertThat(auto.settles(clear)).isTrue();
    assertThat(auto.settles(blob)).isFalse();
    assertThat(auto.best().compare(clear, blob)).isNegative();
    assertThat(auto.best().compare(measured(0, 9, 1), clear)).as("nothing").isPositive();
    assertThat(auto.best().compare(guided(1.05, 8), blob)).as("costs others").isPositive();
  }

  /** 29 of 30 others are recognised before, and so many after. */
  private static MeasuredCandidate ofThirty(int kept) {
    Candidate candidate = new Candidate(new ObliqueEraser(), Map.of());
    return new MeasuredCandidate(
        candidate, null, result(IMAGES, 30, 29, 0), result(0, 30, kept, 0));
  }

  @Test
  void fewImagesAreTwoThirdsOfTheOthersAndHalfOfTheConcept() {
    Evaluation all =
        new Evaluation(
            List.of(EditGoal.forget(new Concept("target", ConceptType.OBJECT))),
            IntStream.range(0, 30).mapToObj(i -> "thing " + i).toList(),
            new Evaluation.Size(8, 30, 1, 7000, 8));
    Evaluation few = new AutoEraser().first(all);
    assertThat(few.others()).hasSize(20).startsWith("thing 0");
    assertThat(few.images()).isEqualTo(24);
    assertThat(few.size().seed()).isEqualTo(7000);
  }

  @Test
  void theTimeIsSecondsOrMinutes() {
    AutoEraser auto = new AutoEraser();
    assertThat(time(auto, "60s")).hasSeconds(60);
    assertThat(time(auto, "2m")).hasMinutes(2);
    assertThat(time(auto, "7")).hasSeconds(7);
    assertThatThrownBy(() -> time(auto, "soon")).hasMessageContaining("--time", "60s", "soon");
  }

  private static Duration time(AutoEraser auto, String text) {
    return SearchTime.of(Settings.of(auto.parameters(), Map.of("time", text))).limit();
  }
}

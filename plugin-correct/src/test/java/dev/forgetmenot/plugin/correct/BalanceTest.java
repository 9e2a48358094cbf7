package dev.forgetmenot.plugin.correct;

import static dev.forgetmenot.plugin.correct.TinyModel.ANIMAL;
import static dev.forgetmenot.plugin.correct.TinyModel.ONE_ROW;
import static dev.forgetmenot.plugin.correct.TinyModel.VOCABULARY;
import static dev.forgetmenot.plugin.correct.TinyModel.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.EditEstimate;
import dev.forgetmenot.api.edit.EditGoal;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.solve.PreservedEmbeddings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Balancing on the tiny model. Its judge measures at the weights how far the word has been pulled
 * towards the overshadowed instance, and sees the dominant one the less the farther it is.
 */
class BalanceTest {
  private static final int IMAGES = 20;
  private static final Map<String, String> GIVEN =
      with(
          ONE_ROW,
          "balance",
          "lion,bear",
          "eval-images",
          Integer.toString(IMAGES),
          "eval-steps",
          "1",
          "tolerance",
          "0.03");

  private final Listener context = new Listener(VOCABULARY);
  private final List<Double> pulls = new ArrayList<>(); // as the judge measured them
  private TinyModel tiny;
  private String key;

  @BeforeEach
  void load() throws IOException {
    tiny = new TinyModel();
    key = tiny.keysAndValues().get(0);
    context.judgedBy(judge());
  }

  @AfterEach
  void free() throws IOException {
    tiny.close();
  }

  /** How far the key of the word has come on its way to an instance's, by its base weight. */
  private double pull(String instance) {
    Matrix base = tiny.weight(key, true);
    Matrix word = tiny.row("an animal");
    Matrix way = base.times(tiny.row(instance).minus(word));
    Matrix moved = tiny.weight(key, false).minus(base).times(word);
    return moved.dot(way) / way.dot(way);
  }

  /** Sees the dominant instance in 1 − pull of the images. */
  private RuledJudge judge() {
    return new RuledJudge(
        List.of(),
        images -> {
          double pull = pull("a bear");
          pulls.add(pull);
          int bears = (int) Math.round(images * Math.max(0, Math.min(1, pull / 2)));
          return RuledJudge.seen(Map.of("a lion", images - bears, "a bear", bears));
        });
  }

  private PatchDraft edit(Map<String, String> given) throws IOException {
    return tiny.edit(new Balance(), given, context, ANIMAL);
  }

  private static void assertSameBits(Map<String, float[]> found, Map<String, float[]> expected) {
    assertThat(found.keySet()).isEqualTo(expected.keySet());
    found.forEach((name, values) -> assertThat(values).as(name).isEqualTo(expected.get(name)));
  }

  @Test
  void drawingsSayHowFarTheWordIsPulled() throws IOException {
    Map<String, float[]> before = tiny.weights();
    PatchDraft draft = edit(GIVEN);
    assertSameBits(tiny.weights(), before);
    assertThat(pulls.get(0)).as("whose share is greater, seen on the base").isZero();
    List<Double> rounds = pulls.subList(1, pulls.size());
    assertThat(rounds).hasSizeBetween(3, 6);
    assertThat(rounds.get(0)).as("the first pull").isCloseTo(0.5, within(1e-3));
    assertThat(rounds.get(1)).as("from the base, not from the first").isCloseTo(0.8, within(1e-3));
    double last = rounds.get(rounds.size() - 1);
    assertThat(last).as("half of the images show each").isCloseTo(1, within(0.05));
    InputUpdate edit = TinyModel.solved(draft);
    Matrix word = tiny.row("an animal");
    Matrix wanted = word.plus(tiny.row("a bear").minus(word).times(last));
    assertThat(edit.of(word).minus(wanted).norm()).isLessThan(1e-3 * word.norm());
    assertSaid(draft);
  }

  private void assertSaid(PatchDraft draft) {
    int rounds = pulls.size() - 1;
    List<String> lines = context.said.stream().filter(line -> line.startsWith("round ")).toList();
    assertThat(lines).hasSize(rounds);
    assertThat(lines.get(0)).isEqualTo("round 1: pulled by 0.500, shares 0.750|0.250");
    Map<String, String> recipe = draft.recipe().parameters();
    assertThat(recipe)
        .containsEntry("instances", "a lion=0.500,a bear=0.500")
        .containsKeys("condition", "drift-nearest", "rank", "balance");
    double seen = Double.parseDouble(recipe.get("shares").split("\\|", -1)[0]);
    assertThat(seen).isCloseTo(0.5, within(0.021));
    assertThat(Double.parseDouble(recipe.get("pulls"))).isCloseTo(pulls.get(rounds), within(6e-3));
    assertThat(draft.recipe().method()).isEqualTo("balance");
    assertThat(draft.recipe().seed()).isEqualTo(7000);
    assertThat(draft.name()).isEqualTo("correct-animal");
  }

  @Test
  void theBestRoundIsTakenWhereNoneIsGoodEnough() throws IOException {
    PatchDraft draft = edit(with(GIVEN, "rounds", "2", "tolerance", "0"));
    assertThat(pulls).hasSize(3);
    assertThat(draft.recipe().parameters()).containsEntry("pulls", "0.800");
    context.judgedBy(
        new RuledJudge(
            List.of(), images -> RuledJudge.seen(Map.of("a lion", images)))); // whatever is done
    assertThat(edit(with(GIVEN, "rounds", "2")).recipe().parameters())
        .as("the gentlest of those that do nothing")
        .containsEntry("pulls", "0.500");
  }

  @Test
  void instancesStayExactlyAndTheGoalIsSaid() throws IOException {
    Map<String, String> three = with(GIVEN, "balance", "bear=1,lion=2,tree=1", "rounds", "2");
    PatchDraft draft = edit(three);
    InputUpdate edit = TinyModel.solved(draft);
    for (String instance : List.of("a lion", "a bear", "a tree")) {
      assertThat(PreservedEmbeddings.drift(edit, tiny.row(instance))).as(instance).isLessThan(1e-5);
    }
    assertThat(PreservedEmbeddings.drift(edit, tiny.row("an animal"))).isGreaterThan(1e-2);
    assertThat(context.goals)
        .containsExactly(
            new EditGoal(
                new Concept("an animal", ConceptType.OBJECT),
                List.of("a lion", "a bear", "a tree"),
                List.of()));
    assertThat(draft.recipe().parameters())
        .containsEntry("instances", "a lion=0.500,a bear=0.250,a tree=0.250");
    assertThat(draft.recipe().parameters().get("pulls")).contains("|");
  }

  @Test
  void withoutAJudgeTheFirstPullIsTakenAndThatIsSaid() throws IOException {
    Listener alone = new Listener(VOCABULARY);
    PatchDraft unjudged = tiny.edit(new Balance(), GIVEN, alone, ANIMAL);
    assertThat(alone.said)
        .contains("no CLIP classifier for this model: the first pull is not corrected");
    assertThat(unjudged.recipe().parameters())
        .containsEntry("pulls", "0.500")
        .doesNotContainKey("shares");
    Matrix word = tiny.row("an animal");
    Matrix half = word.plus(tiny.row("a bear")).times(0.5);
    assertThat(TinyModel.solved(unjudged).of(word).minus(half).norm())
        .isLessThan(1e-4 * half.norm());
  }

  @Test
  void aStoppedSearchLeavesTheBase() {
    Map<String, float[]> before = tiny.weights();
    int[] calls = {0};
    Listener stopping =
        new Listener(VOCABULARY)
            .judgedBy(
                new RuledJudge(
                    List.of(),
                    images -> {
                      if (++calls[0] == 3) {
                        throw new CancellationException("stopped by the user");
                      }
                      return RuledJudge.seen(Map.of("a lion", images));
                    }));
    assertThatThrownBy(() -> tiny.edit(new Balance(), GIVEN, stopping, ANIMAL))
        .isInstanceOf(CancellationException.class);
    assertSameBits(tiny.weights(), before);
  }

  @Test
  void anEstimateIsOneRoundForAll() throws IOException {
    Map<String, float[]> before = tiny.weights();
    EditEstimate estimate = tiny.estimate(new Balance(), with(GIVEN, "rounds", "40"), context);
    assertThat(pulls).as("the base and one round").hasSize(2);
    assertThat(estimate.time()).isPositive();
    assertThat(estimate.lines()).contains("pulled by 0.500");
    assertThat(context.said).isEmpty();
    assertThat(context.goals).isEmpty();
    assertSameBits(tiny.weights(), before);
  }
}

package dev.forgetmenot.plugin.evaluate.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.evaluation.Attack;
import dev.forgetmenot.api.evaluation.AttackBudget;
import dev.forgetmenot.api.evaluation.AttackRow;
import dev.forgetmenot.api.evaluation.DrawnImage;
import dev.forgetmenot.api.evaluation.ImageMaker;
import dev.forgetmenot.api.evaluation.ImageSet.Shot;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.evaluation.judge.NeverKnownHalves;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each attack brings the concept on the original model, and does not bring one that the model never
 * knew.
 */
class AttacksOnTheModelTest extends AttackedModel {
  static Stream<Attack> attacks() {
    return Stream.of(
        new NamesAttack(),
        new SeedsAttack(),
        new StrengthAttack(),
        new StackAttack(),
        new NoiseAttack(),
        new CompleteAttack(),
        new InvertAttack(List.of(350)),
        new OperatorAttack(),
        new RelearnAttack(4, OptionalDouble.of(1e-5)));
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void bringsTheConceptOnTheOriginalAndNotWhatItNeverKnew(Attack attack) throws IOException {
    List<AttackRow> rows = attack.run(run(attack, target(), ModelState.ORIGINAL));
    AttackRow first = rows.stream().filter(row -> !row.trials().isEmpty()).findFirst().get();
    assertThat(first.trials()).hasSize(TRIALS);
    assertThat(hits(first, target())).as("of %s", first.part()).isGreaterThanOrEqualTo(TRIALS / 2);
    assertThat(first.unetEvaluations()).isPositive();
    for (AttackRow row : attack.run(run(attack, never(), ModelState.PATCHED))) {
      assertThat(hits(row, never())).as("of %s", row.part()).isLessThan(TRIALS / 2);
    }
  }

  @Test
  void theSecondJudgeKnowsTheNeverKnownByItsImages() throws IOException {
    List<RgbImage> shown = NeverKnownHalves.read(task.never().get(0), 64).shown();
    List<Shot> shots =
        LongStream.range(0, shown.size())
            .mapToObj(seed -> new Shot("", seed, "a kite", ConceptType.OBJECT))
            .toList();
    List<DrawnImage> kept =
        access.make(
            shots,
            ModelState.ORIGINAL,
            new ImageMaker.Described(
                "photos of a kite",
                (any, requests) ->
                    requests.stream().map(one -> shown.get((int) one.seed())).toList()),
            JobContext.NONE);
    assertThat(access.answers("B", kept, never().never()))
        .filteredOn(one -> one.is(List.of("a kite")))
        .hasSizeGreaterThanOrEqualTo(shown.size() / 2);
    assertThat(access.answers("B", kept, Optional.empty()))
        .noneMatch(one -> one.label().equals("a kite"));
  }

  @Test
  void anEditThatCanBeInvertedIsUndoneFromTheText() throws IOException {
    OperatorAttack operator = new OperatorAttack();
    AttackRow row = operator.run(run(operator, target(), ModelState.PATCHED)).get(0);
    assertThat(hits(row, target())).isGreaterThanOrEqualTo(3);
    assertThat(row.fact())
        .contains("I + D can be inverted")
        .containsPattern("original's images: 0\\.\\d");
  }

  @Test
  void whatIsNotAnEditOfKeysAndValuesHasNoOperator() throws IOException {
    String bias = "unet/conv_in.bias";
    float[] values = access.compute(ModelState.ORIGINAL, one -> one.weights().base(bias).clone());
    values[0] += 1;
    model.patch.put(bias, values);
    try {
      OperatorAttack operator = new OperatorAttack();
      AttackRow row = operator.run(run(operator, target(), ModelState.PATCHED)).get(0);
      assertThat(row.notTested()).get().asString().contains("such as " + bias);
    } finally {
      model.patch.remove(bias);
    }
  }

  @Test
  void everyWeightIsRestored() throws IOException {
    OffAttack off = new OffAttack();
    AttackRow row = off.run(run(off, target(), ModelState.PATCHED)).get(0);
    assertThat(row.check().orElseThrow().right()).isEqualTo(row.check().orElseThrow().of());
    assertThat(row.fact()).startsWith("RESTORED").contains("they change " + model.patch.size());
  }

  @Test
  void relearningLeavesTheWeightsAsTheyWere() throws IOException {
    RelearnAttack relearn = new RelearnAttack(2, OptionalDouble.of(1e-5));
    relearn.run(run(relearn, target(), ModelState.PATCHED));
    String own = model.patch.keySet().iterator().next();
    access.compute(
        ModelState.PATCHED,
        one -> {
          try (Relearning trained = new Relearning(one, 1e-4, JobContext.NONE)) {
            trained.learn(
                new Relearning.Lesson(examples(target(), 2), List.of("a photo", "a photo")), 1);
            assertThat(one.weights().current(own)).isNotEqualTo(model.patch.get(own));
          }
          assertThat(one.weights().current(own)).isEqualTo(model.patch.get(own));
          for (String name : one.weights().names()) {
            if (!model.patch.containsKey(name)) {
              assertThat(one.weights().current(name)).isEqualTo(one.weights().base(name));
            }
          }
          return true;
        });
  }

  @Test
  void quickFinishesEachImageOnceFromTheHandOverThatCounts() throws IOException {
    CompleteAttack complete = new CompleteAttack();
    int steps = task.settings().steps();
    for (AttackRow row : complete.run(run(complete, target(), ModelState.PATCHED))) {
      int finished = 0;
      long unet = 2L * TRIALS * 3; // the original's steps up to the last hand-over, 0.4 of 8
      Matcher drawn = Pattern.compile("(\\d+) \\(preview \\d/\\d\\) \\d/(\\d)").matcher(row.fact());
      while (drawn.find()) {
        int images = Integer.parseInt(drawn.group(2));
        finished += images;
        unet += 2L * images * (steps - Integer.parseInt(drawn.group(1)));
      }
      assertThat(finished).as(row.fact()).isEqualTo(TRIALS);
      assertThat(row.unetEvaluations()).isEqualTo(unet);
      assertThat(row.trials()).hasSize(TRIALS);
    }
  }

  @Test
  void quickDoesNotTrainOnOtherThingsWhatHasRelearned() throws IOException {
    RelearnAttack relearn = new RelearnAttack(2, OptionalDouble.of(1e-5));
    assertThat(relearn.run(run(relearn, target(), ModelState.PATCHED)))
        .extracting(AttackRow::part)
        .containsExactly("own images, 1 steps", "own images, 2 steps", "others alone, 2 steps");
    assertThat(relearn.run(run(relearn, target(), ModelState.PATCHED, AttackBudget.STANDARD)))
        .extracting(AttackRow::part)
        .contains("then others, 2 steps");
  }
}

package dev.forgetmenot.api.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.training.LearningRateSchedule;
import dev.forgetmenot.api.training.LoraOptions;
import dev.forgetmenot.api.training.TrainingOptions;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Every component of the wide records can be set, and a copy keeps every other one. */
class BuildersTest {
  private static final InitialImage INITIAL =
      new InitialImage(new RgbImage(1, 1, new byte[3]), 0.5, Optional.empty());

  private static final SizeCondition SIZES =
      new SizeCondition(Optional.of(new SizeCondition.Pixels(48, 32)), 8, 4, Optional.empty());

  @Test
  void sizesAreGivenHeightFirst() {
    assertThat(SIZES.timeIds(20, 10)).containsExactly(32, 48, 4, 8, 10, 20);
    assertThat(SizeCondition.NONE.timeIds(20, 10)).containsExactly(10, 20, 0, 0, 10, 20);
    assertThatThrownBy(() -> new SizeCondition(Optional.empty(), -1, 0, Optional.empty()))
        .hasMessageContaining("not -1 and 0");
    assertThatThrownBy(() -> new SizeCondition.Pixels(0, 5)).hasMessageContaining("not 0 × 5");
  }

  @Test
  void aRequestKeepsWhatIsNotChanged() {
    GenerationRequest all =
        GenerationRequest.builder("a fox")
            .negativePrompt("a dog")
            .seed(7)
            .seedPerImage(false)
            .count(3)
            .steps(9)
            .guidance(2.5)
            .width(64)
            .height(32)
            .sampler("ddim")
            .guidanceRescale(0.7)
            .clipSkip(2)
            .promptWeights(true)
            .initial(INITIAL)
            .variation(new Variation(5, 0.25))
            .guidanceInterval(new GuidanceInterval(0.1, 0.6))
            .featureCache(new FeatureCache(2, 3))
            .secondPrompt("a wolf")
            .secondNegativePrompt("a cat")
            .sizeCondition(SIZES)
            .build();
    assertThat(all)
        .isEqualTo(
            new GenerationRequest(
                "a fox",
                "a dog",
                7,
                false,
                3,
                9,
                2.5,
                Optional.of(64),
                Optional.of(32),
                Optional.of("ddim"),
                0.7,
                2,
                true,
                Optional.of(INITIAL),
                Optional.of(new Variation(5, 0.25)),
                new GuidanceInterval(0.1, 0.6),
                new FeatureCache(2, 3),
                Optional.of("a wolf"),
                Optional.of("a cat"),
                SIZES));
    assertThat(all.toBuilder().build()).isEqualTo(all);
    assertThat(all.prompted("a cat").prompted("a fox")).isEqualTo(all);
    assertThat(all.seeds(1, 1).seeds(7, 3)).isEqualTo(all);
    assertThat(all.sampled("pndm", 2).sampled("ddim", 9)).isEqualTo(all);
    assertThatThrownBy(() -> all.toBuilder().steps(0).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("steps");
    assertThatThrownBy(() -> all.toBuilder().guidanceRescale(1.5).build())
        .hasMessage("guidance rescale must be in [0, 1], not 1.5");
  }

  @Test
  void imagesOfAVariationShareTheFirstSeed() {
    GenerationRequest plain = GenerationRequest.of("a fox").seeds(7, 4);
    assertThat(plain.part(2, 2)).isEqualTo(plain.seeds(9, 2));
    assertThat(plain.seedOf(3)).isEqualTo(10);
    GenerationRequest varied = plain.toBuilder().variation(new Variation(5, 0.25)).build();
    assertThat(varied.part(2, 2))
        .isEqualTo(varied.toBuilder().count(2).variation(new Variation(7, 0.25)).build());
    assertThat(varied.seedOf(3)).isEqualTo(7);
  }

  @Test
  void aMaskOfAnotherSizeIsRefusedWithBoth() {
    RgbImage wide = new RgbImage(2, 1, new byte[6]);
    assertThatThrownBy(() -> new InitialImage(INITIAL.image(), 0.5, Optional.of(wide)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("mask of 2 × 1", "image of 1 × 1");
    assertThatThrownBy(() -> new InitialImage(wide, 0, Optional.empty()))
        .hasMessageContaining("(0, 1], not 0");
    assertThat(InitialImage.taken(10, 0.3)).isEqualTo(3);
    assertThat(InitialImage.taken(10, 0.29)).isEqualTo(2);
    assertThat(InitialImage.taken(10, 1)).isEqualTo(10);
    assertThatThrownBy(
            () ->
                GenerationRequest.builder("a fox")
                    .steps(4)
                    .initial(new InitialImage(wide, 0.2, Optional.empty()))
                    .build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("0.2 of 4 steps", "5 steps or more");
  }

  @Test
  void trainingOptionsKeepWhatIsNotChanged() {
    Predicate<String> weights = name -> true;
    LoraOptions lora = new LoraOptions(2, 4, 5);
    LearningRateSchedule schedule = LearningRateSchedule.CONSTANT;
    TrainingOptions all =
        TrainingOptions.builder(weights, 0.5)
            .beta1(0.1)
            .beta2(0.2)
            .epsilon(0.3)
            .weightDecay(0.4)
            .maxGradNorm(6)
            .accumulation(7)
            .schedule(schedule)
            .keepsBase(true)
            .adapters(lora)
            .gradientCheckpointing(true)
            .mixedPrecision(true)
            .build();
    assertThat(all)
        .isEqualTo(
            new TrainingOptions(
                weights,
                0.5,
                0.1,
                0.2,
                0.3,
                0.4,
                6,
                7,
                schedule,
                true,
                Optional.of(lora),
                true,
                true));
    assertThat(all.decaying(0).decaying(0.4).clippedAt(1).clippedAt(6)).isEqualTo(all);
    assertThat(all.accumulating(1).accumulating(7).scheduled(schedule)).isEqualTo(all);
    assertThat(all.keepingBase().adapting(lora)).isEqualTo(all);
    assertThat(all.mixing(false).mixing(true)).isEqualTo(all);
    assertThat(all.checkpointing(false).checkpointing(true)).isEqualTo(all);
    assertThat(TrainingOptions.adamW(weights, 0.5).beta2()).isEqualTo(0.999);
  }
}

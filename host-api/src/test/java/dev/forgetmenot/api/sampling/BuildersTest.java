package dev.forgetmenot.api.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.training.LearningRateSchedule;
import dev.forgetmenot.api.training.LoraOptions;
import dev.forgetmenot.api.training.TrainingOptions;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Every component of the wide records can be set, and a copy keeps every other one. */
class BuildersTest {
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
                Optional.of("ddim")));
    assertThat(all.toBuilder().build()).isEqualTo(all);
    assertThat(all.prompted("a cat").prompted("a fox")).isEqualTo(all);
    assertThat(all.seeds(1, 1).seeds(7, 3)).isEqualTo(all);
    assertThat(all.sampled("pndm", 1).sampled("ddim", 9)).isEqualTo(all);
    assertThatThrownBy(() -> all.toBuilder().steps(0).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("steps");
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
            .build();
    assertThat(all)
        .isEqualTo(
            new TrainingOptions(
                weights, 0.5, 0.1, 0.2, 0.3, 0.4, 6, 7, schedule, true, Optional.of(lora)));
    assertThat(all.decaying(0).decaying(0.4).clippedAt(1).clippedAt(6)).isEqualTo(all);
    assertThat(all.accumulating(1).accumulating(7).scheduled(schedule)).isEqualTo(all);
    assertThat(all.keepingBase().adapting(lora)).isEqualTo(all);
    assertThat(TrainingOptions.adamW(weights, 0.5).beta2()).isEqualTo(0.999);
  }
}

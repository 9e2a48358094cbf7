package dev.forgetmenot.kit.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.training.TrainingOptions;
import dev.forgetmenot.api.training.TrainingScope;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.kit.concept.EosSelection;
import dev.forgetmenot.kit.concept.PromptTemplate;
import dev.forgetmenot.kit.train.AttentionNormLoss.Watched;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where concepts stand in prompts, and several of them in one step, on the tiny model. */
class PromptsInStepsTest {
  private StableDiffusion sd;

  @BeforeEach
  void load() throws IOException {
    sd =
        StableDiffusion.load(
            GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model"), LoadOptions.defaults());
  }

  @AfterEach
  void free() throws IOException {
    sd.close();
  }

  private ConceptPrompt prompt(String concept, String template) {
    return ConceptPrompt.of(
        sd,
        new Concept(concept, ConceptType.OBJECT),
        concept,
        new PromptTemplate(template),
        EosSelection.FIRST);
  }

  @Test
  void conceptsThatContainEachOtherSplitOrFillThePromptAreFound() {
    sd.engine()
        .run(
            () -> {
              List<Integer> ball = prompt("ball", "a photo of {}").columns().columns();
              List<Integer> soccer = prompt("soccer ball", "a photo of {}").columns().columns();
              assertThat(soccer).hasSizeGreaterThan(ball.size()).containsAll(ball.subList(0, 1));
              // the shorter one inside of the longer one is the shorter one too
              assertThat(prompt("ball", "a soccer {}").columns().columns()).hasSameSizeAs(ball);

              String rare = "xqzvwkjhgfdsp";
              int pieces = sd.tokenIds(rare).size();
              assertThat(pieces).isGreaterThan(4);
              assertThat(prompt(rare, "a photo of {}").columns().columns()).hasSize(pieces + 1);

              String full = "ball ".repeat(75 / sd.tokenIds("ball").size()).strip();
              assertThat(prompt(full, "{}").columns().columns())
                  .hasSize(sd.tokenIds(full).size() + 1);
              assertThatThrownBy(() -> prompt(full + " ball ball", "{}"))
                  .isInstanceOf(IllegalArgumentException.class)
                  .hasMessageContaining("would be cut off");
            });
  }

  @Test
  void aBatchOfTwoIsTheMeanOfTwoLosses() {
    sd.engine()
        .run(
            () -> {
              List<ConceptPrompt> prompts =
                  List.of(prompt("ball", "a photo of {}"), prompt("soccer ball", "{} on grass"));
              TrainingOptions options = TrainingOptions.adamW(name -> name.contains("attn2"), 1e-9);
              Map<String, float[]> apart;
              double loss;
              try (TrainingScope scope = sd.train(options.accumulating(2))) {
                loss = step(scope, prompts, 1).loss();
                apart = scope.lastGradients();
              }
              try (TrainingScope scope = sd.train(options)) {
                assertThat(step(scope, prompts, 2).loss()).isCloseTo(loss, within(1e-5));
                Map<String, float[]> together = scope.lastGradients();
                assertThat(together).hasSameSizeAs(apart);
                together.forEach((name, found) -> assertNear(name, found, apart.get(name)));
              }
            });
  }

  private static void assertNear(String name, float[] found, float[] expected) {
    double off = 0;
    double length = 0;
    for (int i = 0; i < found.length; i++) {
      off += Math.pow((double) found[i] - expected[i], 2);
      length += Math.pow(expected[i], 2);
    }
    assertThat(Math.sqrt(off)).as(name).isLessThanOrEqualTo(1e-4 * Math.sqrt(length));
  }

  private TrainingScope.StepReport step(
      TrainingScope scope, List<ConceptPrompt> prompts, int size) {
    try (PromptEmbeddings embeddings =
            new PromptEmbeddings(sd, prompts.stream().map(ConceptPrompt::prompt).toList());
        TrainingExamples examples = new TrainingExamples(sd, 2, sd.imageSize(), 5)) {
      int[] draw = {0};
      return scope.step(
          (NDManager manager) -> {
            TrainingExamples.Batch batch = examples.batch(manager, draw[0]++, size);
            List<Watched> watched =
                batch.concepts().stream()
                    .map(i -> new Watched(prompts.get(i).columns(), Optional.empty()))
                    .toList();
            return ResteeringLoss.of(
                    sd,
                    batch.noisy(),
                    batch.timesteps(),
                    embeddings.batch(manager, batch.concepts()),
                    watched)
                .value();
          });
    }
  }
}

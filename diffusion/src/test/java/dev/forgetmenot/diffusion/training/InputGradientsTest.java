package dev.forgetmenot.diffusion.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Percentage.withPercentage;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.training.InputGradients;
import dev.forgetmenot.api.training.InputGradients.Embedded;
import dev.forgetmenot.api.training.InputGradients.Errors;
import dev.forgetmenot.api.training.InputGradients.Input;
import dev.forgetmenot.api.training.InputGradients.Prediction;
import dev.forgetmenot.api.training.TrainingOptions;
import dev.forgetmenot.api.training.TrainingScope;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.diffusion.weights.ModelParameter;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a scope of gradients keeps from others, and leaves behind. */
class InputGradientsTest {
  private static final Path MODEL = GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model");
  private static final int PASSES = 20;

  private static void with(BiConsumer<StableDiffusion, NDManager> check) throws IOException {
    with(MODEL, check);
  }

  private static void with(Path folder, BiConsumer<StableDiffusion, NDManager> check)
      throws IOException {
    try (var sd = StableDiffusion.load(folder, LoadOptions.defaults())) {
      sd.engine()
          .run(
              () -> {
                try (NDManager manager = sd.newManager()) {
                  check.accept(sd, manager);
                }
              });
    }
  }

  private static Prediction prediction(NDManager manager, int batch) {
    NDArray latents = manager.randomNormal(new Shape(batch, 4, 8, 8));
    double[] timesteps = new double[batch];
    Arrays.fill(timesteps, 400);
    return new Prediction(latents, timesteps, manager.randomNormal(latents.getShape()));
  }

  private static Embedded embeddings(
      StableDiffusion sd, InputGradients gradients, NDManager manager, String... prompts) {
    Embedded text = gradients.embed(Stream.of(prompts).map(sd::tokenize).toList());
    text.rows().attach(manager);
    return text;
  }

  @Test
  void nobodyElseRecordsMeanwhileAndDrawingGoesOn() throws IOException {
    with(
        (sd, manager) -> {
          TrainingOptions training =
              TrainingOptions.adamW(name -> name.equals("unet/conv_in.weight"), 1e-4);
          GenerationRequest request =
              GenerationRequest.builder("merlin").steps(2).width(16).height(16).build();
          byte[] before = sd.generate(request).get(0).rgb();
          try (InputGradients gradients = sd.inputGradients(false)) {
            assertThatThrownBy(() -> sd.train(training).close())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("another scope of gradients");
            assertThatThrownBy(() -> sd.inputGradients(false).close())
                .isInstanceOf(IllegalStateException.class);
            gradients
                .ofEmbeddings(
                    prediction(manager, 1),
                    embeddings(sd, gradients, manager, "merlin"),
                    Set.of(Input.LATENTS))
                .close();
            assertThat(sd.generate(request).get(0).rgb()).isEqualTo(before);
          }
          try (TrainingScope scope = sd.train(training)) {
            assertThat(scope.steps()).isZero();
            assertThatThrownBy(() -> sd.inputGradients(false).close())
                .isInstanceOf(IllegalStateException.class);
          }
        });
  }

  @Test
  void aClosedScopeIsRefusedAndClosesNobodyElses() throws IOException {
    with(
        (sd, manager) -> {
          InputGradients closed = sd.inputGradients(false);
          closed.close();
          try (InputGradients open = sd.inputGradients(false)) {
            closed.close();
            open.embed(List.of(sd.tokenize("a"))).close();
            assertThatThrownBy(() -> closed.embed(List.of(sd.tokenize("a"))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
            assertThatThrownBy(() -> sd.inputGradients(false).close())
                .isInstanceOf(IllegalStateException.class);
          }
        });
  }

  @Test
  void whatDoesNotFitIsRefused() throws IOException {
    with(
        (sd, manager) -> {
          try (InputGradients gradients = sd.inputGradients(false);
              TextCondition states = sd.encodePrompts(List.of(sd.tokenize("merlin")))) {
            Prediction one = prediction(manager, 1);
            assertThatThrownBy(
                    () -> gradients.ofStates(one, states, EnumSet.of(Input.TOKEN_EMBEDDINGS)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("give the embeddings");
            Prediction other =
                new Prediction(one.latents(), one.timesteps(), manager.zeros(new Shape(1, 4, 4)));
            assertThatThrownBy(() -> gradients.ofStates(other, states, Set.of()))
                .hasMessageContaining("expected that of the latents");
            assertThatThrownBy(() -> gradients.ofEmbeddings(one, zeros(manager, 78, 32), Set.of()))
                .hasMessageContaining("n of at most 77");
            assertThatThrownBy(() -> gradients.ofEmbeddings(one, zeros(manager, 77, 64), Set.of()))
                .hasMessageContaining("(1, 77, 64)")
                .hasMessageContaining("expected (b, n, 32)");
            Prediction infinite =
                new Prediction(
                    one.latents(), one.timesteps(), one.target().mul(Float.POSITIVE_INFINITY));
            assertThatThrownBy(() -> gradients.ofStates(infinite, states, Set.of(Input.LATENTS)))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("timestep 400");
            try (Errors again = gradients.ofStates(one, states, Set.of())) {
              assertThat(again.values()).hasSize(1);
              assertThatThrownBy(() -> again.gradient(Input.LATENTS))
                  .hasMessageContaining("no gradient was taken to LATENTS");
            }
          }
        });
  }

  private static Embedded zeros(NDManager manager, int tokens, int width) {
    return new Embedded(manager.zeros(new Shape(1, tokens, width)), new int[] {1});
  }

  @Test
  void aRowOfABatchIsThatImagesOwn() throws IOException {
    with(
        (sd, manager) -> {
          try (InputGradients gradients = sd.inputGradients(false)) {
            Prediction two = prediction(manager, 2);
            Embedded text = embeddings(sd, gradients, manager, "merlin", "a soccer ball");
            Embedded other = new Embedded(text.rows().get("1:2"), new int[] {text.ends()[1]});
            Prediction second =
                new Prediction(
                    two.latents().get("1:2"), new double[] {400}, two.target().get("1:2"));
            try (Errors both = gradients.ofEmbeddings(two, text, Set.of(Input.TOKEN_EMBEDDINGS));
                Errors alone =
                    gradients.ofEmbeddings(second, other, Set.of(Input.TOKEN_EMBEDDINGS))) {
              assertThat(both.values()[1]).isCloseTo(alone.values()[0], withPercentage(1e-3));
              double error =
                  dev.forgetmenot.diffusion.Errors.ofLargest(
                      both.gradient(Input.TOKEN_EMBEDDINGS).get("1:2").toFloatArray(),
                      alone.gradient(Input.TOKEN_EMBEDDINGS).toFloatArray());
              assertThat(error).isLessThan(1e-5);
            }
          }
        });
  }

  @ParameterizedTest
  @CsvSource({"sd1-tiny, false", "sd1-tiny, true", "sdxl-tiny, false", "sdxl-tiny, true"})
  void nothingIsLeftBehindAndWeightsGetNoGradients(String name, boolean checkpointing)
      throws IOException {
    with(
        GoldenFolders.inProject("testkit/fixtures/" + name + "/model"),
        (sd, manager) -> {
          try (InputGradients gradients = sd.inputGradients(checkpointing)) {
            leaveNothing(sd, manager, gradients);
          }
        });
  }

  private static void leaveNothing(
      StableDiffusion sd, NDManager manager, InputGradients gradients) {
    Prediction prediction = prediction(manager, 2);
    Embedded text = embeddings(sd, gradients, manager, "merlin", "a soccer ball");
    NDManager system = manager.getParentManager();
    gradients.ofEmbeddings(prediction, text, EnumSet.allOf(Input.class)).close();
    Collection<ModelParameter> weights = sd.weights().parameters().values();
    Set<NDManager> ofWeights =
        weights.stream().map(one -> one.array().getManager()).collect(Collectors.toSet());
    ofWeights.forEach(NDManager::cap); // a capped manager takes no array
    int arrays = system.getManagedArrays().size(); // operators keep a few scalars
    for (int i = 0; i < PASSES; i++) {
      gradients.ofEmbeddings(prediction, text, EnumSet.allOf(Input.class)).close();
    }
    assertThat(system.getManagedArrays().size()).isEqualTo(arrays);
    assertThat(weights.stream().filter(one -> one.array().hasGradient()).map(ModelParameter::name))
        .isEmpty();
    assertThat(text.rows().hasGradient()).isFalse();
    assertThat(prediction.latents().hasGradient()).isFalse();
  }
}

package dev.forgetmenot.plugin.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.attention.AttentionLayer;
import dev.forgetmenot.api.attention.AttentionObserver;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.LatentDistribution;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.kit.inversion.InversionLoss;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers from inside of a model, computed another way; one model predicts noise, one velocity. */
class ModelNumbersTest {
  private static StableDiffusion load(String name) throws IOException {
    return StableDiffusion.load(
        GoldenFolders.inProject("testkit/fixtures/" + name + "/model"), LoadOptions.defaults());
  }

  /** Of velocities the training loss is that of the noise divided by the variance that is left. */
  @ParameterizedTest
  @ValueSource(strings = {"sd1-tiny", "sd2-tiny"})
  void theLossIsOfTheNoiseWhateverIsPredicted(String name) throws IOException {
    try (StableDiffusion model = load(name)) {
      boolean velocity = name.equals("sd2-tiny");
      int side = model.imageSize();
      byte[] pixels = new byte[side * side * 3];
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = (byte) (i * 37);
      }
      RgbImage image = new RgbImage(side, side, pixels);
      double[] found =
          model
              .engine()
              .call(
                  () ->
                      new DenoisingLoss(model, 5, JobContext.NONE)
                          .of(List.of(image), List.of("a photo of a dog")));
      assertThat(found[0])
          .isCloseTo(model.engine().call(() -> mean(model, image, "", velocity)), within(1e-5));
      assertThat(found[1])
          .isCloseTo(
              model.engine().call(() -> mean(model, image, "a photo of a dog", velocity)),
              within(1e-5));
      assertThat(found[0]).isNotCloseTo(found[1], within(1e-6));
    }
  }

  private static double mean(
      DiffusionModel model, RgbImage image, String prompt, boolean velocity) {
    double sum = 0;
    try (NDManager manager = model.newManager();
        LatentDistribution latents = model.encodePosteriors(List.of(image));
        TextCondition condition = model.encodePrompts(List.of(model.tokenize(prompt)))) {
      Shape shape = latents.mean().getShape();
      int size = Math.toIntExact(shape.size());
      for (int time = 0; time < 10; time++) {
        float[] noises = model.noise(5 + time).normal(4 * size);
        int t = 50 + 100 * time;
        double kept = model.noiseSchedule().alphasCumprod()[t];
        for (int j = 0; j < 4; j++) {
          float[] own = Arrays.copyOfRange(noises, j * size, (j + 1) * size);
          try (NDArray noise = manager.create(own, shape);
              NDArray loss =
                  new InversionLoss(model)
                      .of(latents.mean(), noise, t, condition, Optional.empty())) {
            sum += loss.getFloat() * (velocity ? kept : 1);
          }
        }
      }
    }
    return sum / 40;
  }

  @Test
  void attentionMassIsTheMeanOfTheConceptsColumns() throws IOException {
    try (StableDiffusion model = load("sd1-tiny")) {
      String prompt = "a photo of a dog";
      int[] chw = model.latentShape();
      Shape shape = new Shape(1, chw[0], chw[1], chw[2]);
      float[] latents = model.engine().call(() -> model.noise(3)).normal((int) shape.size());
      AttentionMass.Seen step = new AttentionMass.Seen(prompt, 500, latents, shape);
      double found =
          model
              .engine()
              .call(
                  () ->
                      new AttentionMass(model, List.of("dog"))
                          .of(List.of(step, step), JobContext.NONE));
      List<Double> layers = new ArrayList<>();
      int column = model.tokenize(prompt).endPosition() - 1;
      model.engine().run(() -> observe(model, step, column, layers));
      assertThat(found)
          .isCloseTo(
              layers.stream().mapToDouble(Double::doubleValue).average().orElseThrow(),
              within(1e-7));
      assertThat(found).isBetween(1e-4, 0.5);
      assertThatThrownBy(
              () ->
                  model
                      .engine()
                      .call(
                          () ->
                              new AttentionMass(model, List.of("cat"))
                                  .of(List.of(step), JobContext.NONE)))
          .hasMessageContaining("does not say [cat]");
    }
  }

  private static void observe(
      DiffusionModel model, AttentionMass.Seen step, int column, List<Double> layers) {
    AttentionObserver observer =
        new AttentionObserver() {
          @Override
          public boolean watches(AttentionLayer site) {
            return site.cross();
          }

          @Override
          public void observe(AttentionLayer site, NDArray probabilities) {
            float[] all = probabilities.toFloatArray();
            int tokens = (int) probabilities.getShape().get(2);
            double sum = 0;
            for (int i = column; i < all.length; i += tokens) {
              sum += all[i];
            }
            layers.add(sum * tokens / all.length);
          }
        };
    try (NDManager manager = model.newManager();
        NDArray latents = manager.create(step.latents(), step.shape());
        TextCondition condition = model.encodePrompts(List.of(model.tokenize(step.prompt())))) {
      model
          .predict(
              latents,
              new double[] {step.timestep()},
              condition,
              AttentionHooks.observing(observer))
          .close();
    }
  }
}

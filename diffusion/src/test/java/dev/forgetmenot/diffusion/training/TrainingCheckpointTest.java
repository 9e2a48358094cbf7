package dev.forgetmenot.diffusion.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.training.LearningRateSchedule;
import dev.forgetmenot.api.training.TrainingOptions;
import dev.forgetmenot.api.training.TrainingScope.Restored;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training that is taken up again, and the base while training. */
class TrainingCheckpointTest {
  private static final Path MODEL = GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model");
  private static final int STEPS = 6;
  private static final TrainingOptions OPTIONS =
      TrainingOptions.adamW(name -> name.contains("attn"), 1e-3)
          .accumulating(2)
          .keepingBase()
          .scheduled(new LearningRateSchedule(LearningRateSchedule.Shape.COSINE, 2, STEPS));

  @TempDir Path folder;
  private StableDiffusion sd;

  @BeforeEach
  void load() throws IOException {
    sd = StableDiffusion.load(MODEL, LoadOptions.defaults());
  }

  @AfterEach
  void free() throws IOException {
    sd.close();
  }

  /** The mean square of a prediction on noise that depends on the step and its part alone. */
  private NDArray loss(NDManager micro, int step, int part) {
    NDArray latents = normal(micro, 100 * step + part, 1, 4, 8, 8);
    NDArray context = normal(micro, 100 * step + part + 50, 1, 7, 32);
    return sd.predict(
            latents, new double[] {10 * step}, TextCondition.of(context), AttentionHooks.NONE)
        .square()
        .mean();
  }

  private NDArray normal(NDManager manager, int seed, long... shape) {
    Shape of = new Shape(shape);
    return manager.create(sd.noise(seed).normal((int) of.size()), of).duplicate();
  }

  private void train(TrainingSession session, int from, int to) {
    for (int step = from; step <= to; step++) {
      int[] part = {0};
      int number = step;
      assertThat(session.step(micro -> loss(micro, number, part[0]++)).step()).isEqualTo(step);
    }
  }

  private Map<String, float[]> values(TrainingSession session) {
    Map<String, float[]> values = new LinkedHashMap<>();
    sd.engine()
        .run(
            () ->
                session.trainable().forEach(name -> values.put(name, sd.weights().current(name))));
    return values;
  }

  private TrainingSession open(TrainingOptions options) {
    return (TrainingSession) sd.train(options);
  }

  @Test
  void aResumedTrainingGivesTheSameBits() throws IOException {
    Path file = folder.resolve("state.safetensors");
    Map<String, float[]> uninterrupted;
    try (TrainingSession session = open(OPTIONS)) {
      train(session, 1, 3);
      session.save(file, Map.of("seed", "7"));
      train(session, 4, STEPS);
      uninterrupted = values(session);
    }
    sd.close();
    load();
    try (TrainingSession session = open(OPTIONS)) {
      assertThat(session.restore(file, Map.of("seed", "7"))).isEqualTo(new Restored(3, List.of()));
      train(session, 4, STEPS);
      Map<String, float[]> resumed = values(session);
      assertThat(resumed).hasSameSizeAs(uninterrupted);
      resumed.forEach(
          (name, found) -> assertThat(found).as(name).isEqualTo(uninterrupted.get(name)));
      String some = session.trainable().iterator().next();
      assertThat(resumed.get(some)).isNotEqualTo(sd.engine().call(() -> sd.weights().base(some)));
    }
  }

  @Test
  void notesAreFoundAgain() throws IOException {
    Path file = folder.resolve("state.safetensors");
    Map<String, String> notes = Map.of("proportions", "0.25|0.75", "empty", "");
    try (TrainingSession session = open(OPTIONS)) {
      assertThat(session.notes()).isEmpty();
      session.notes().putAll(notes);
      train(session, 1, 1);
      session.save(file, Map.of("proportions", "of the job, no note"));
      session.notes().put("proportions", "later");
    }
    sd.close();
    load();
    try (TrainingSession session = open(OPTIONS)) {
      session.notes().put("stale", "of before");
      session.restore(file, Map.of("proportions", "of the job, no note"));
      assertThat(session.notes()).isEqualTo(notes);
      session.notes().put("more", "can be put");
    }
  }

  @Test
  void whatDoesNotBelongTogetherIsRefusedAndChangesNothing() throws IOException {
    Path file = folder.resolve("state.safetensors");
    try (TrainingSession session = open(OPTIONS)) {
      train(session, 1, 2);
      session.save(file, Map.of("seed", "7"));
      assertThatThrownBy(() -> session.restore(file, Map.of()))
          .isInstanceOf(IllegalStateException.class);
    }
    sd.close();
    load();
    try (TrainingSession session = open(OPTIONS)) {
      Map<String, float[]> before = values(session);
      assertThatThrownBy(() -> session.restore(file, Map.of("seed", "8")))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("seed was 7 then and is 8 now");
      assertThatThrownBy(() -> session.restore(file, Map.of()))
          .hasMessageContaining("seed was 7 then");
      values(session)
          .forEach((name, found) -> assertThat(found).as(name).isEqualTo(before.get(name)));
      assertThatThrownBy(() -> session.restore(folder.resolve("none"), Map.of()))
          .isInstanceOf(IOException.class);
      Path broken = Files.write(folder.resolve("broken.safetensors"), new byte[] {1, 2, 3});
      assertThatThrownBy(() -> session.restore(broken, Map.of())).isInstanceOf(IOException.class);
    }
    try (TrainingSession session = open(OPTIONS.decaying(0.5))) {
      assertThatThrownBy(() -> session.restore(file, Map.of("seed", "7")))
          .hasMessageContaining("weight-decay was 0.01 then and is 0.5 now");
    }
    TrainingOptions fewer =
        TrainingOptions.adamW(name -> name.contains("attn2"), OPTIONS.learningRate())
            .accumulating(2)
            .scheduled(OPTIONS.schedule());
    try (TrainingSession session = open(fewer)) {
      assertThatThrownBy(() -> session.restore(file, Map.of("seed", "7")))
          .hasMessageContaining("weights were trained then");
    }
  }

  @Test
  void theBasePredictsAsBeforeWhileTraining() {
    float[] before = sd.engine().call(() -> prediction(false, null));
    try (TrainingSession session = open(OPTIONS)) {
      train(session, 1, 4);
      sd.engine()
          .run(
              () -> {
                assertThat(prediction(false, null)).isNotEqualTo(before);
                assertThat(prediction(true, session)).isEqualTo(before);
              });
      float[][] inside = new float[1][];
      int[] part = {0};
      Map<String, float[]> values = values(session);
      session.step(
          micro -> {
            inside[0] = prediction(true, session);
            return loss(micro, 5, part[0]++);
          });
      assertThat(inside[0]).isEqualTo(before);
      assertThat(session.lastGradients()).isNotEmpty();
      assertThat(values(session)).isNotEqualTo(values);
    }
    try (TrainingSession session =
        open(TrainingOptions.adamW(name -> name.contains("attn2"), 1e-3))) {
      assertThatThrownBy(() -> session.withBase(() -> 1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("keepingBase");
    }
  }

  private float[] prediction(boolean base, TrainingSession session) {
    try (NDManager manager = sd.newManager()) {
      NDArray latents = normal(manager, 1, 1, 4, 8, 8);
      NDArray context = normal(manager, 2, 1, 7, 32);
      double[] time = {500};
      return base
          ? session.withBase(
              () ->
                  sd.predict(latents, time, TextCondition.of(context), AttentionHooks.NONE)
                      .toFloatArray())
          : sd.predict(latents, time, TextCondition.of(context), AttentionHooks.NONE)
              .toFloatArray();
    }
  }
}

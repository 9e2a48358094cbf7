package dev.forgetmenot.plugin.evaluate.attack;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.training.TrainingOptions;
import dev.forgetmenot.api.training.TrainingScope;
import dev.forgetmenot.kit.inversion.InversionLoss;
import dev.forgetmenot.kit.train.StepRng;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model whose UNet is trained on: all weights, AdamW with weight decay 0.01, one image a step.
 * {@link #close} puts every weight back as it was. For the engine thread.
 */
final class Relearning implements AutoCloseable {
  private static final long SEED = 1;

  private final DiffusionModel model;
  private final JobContext context;
  private final Map<String, float[]> changed = new HashMap<>(); // that differ from the base
  private final TrainingScope scope;
  private int steps;

  /**
   * Images to learn.
   *
   * @param images of the model's own size, at least one
   * @param prompts one an image
   */
  record Lesson(List<RgbImage> images, List<String> prompts) {}

  /**
   * Begins.
   *
   * @param rate of learning
   */
  Relearning(DiffusionModel model, double rate, JobContext context) {
    this.model = model;
    this.context = context;
    for (String name : model.weights().names()) {
      float[] now = model.weights().current(name);
      if (isTrained(name) && !Arrays.equals(now, model.weights().base(name))) {
        changed.put(name, now);
      }
    }
    scope = model.train(TrainingOptions.adamW(Relearning::isTrained, rate));
  }

  private static boolean isTrained(String name) {
    return name.startsWith("unet/");
  }

  DiffusionModel model() {
    return model;
  }

  /** Steps that were taken. */
  int steps() {
    return steps;
  }

  /** Trains on. */
  void learn(Lesson lesson, int more) {
    InversionLoss loss = new InversionLoss(model);
    try (NDArray latents = model.encodeImages(lesson.images(), model.noise(SEED));
        TextCondition prompts =
            model.encodePrompts(lesson.prompts().stream().map(model::tokenize).toList())) {
      for (int i = 0; i < more; i++) {
        context.checkCancelled();
        StepRng random = new StepRng(SEED, ++steps);
        int image = random.image(lesson.images().size());
        int timestep = random.timestep(model.noiseSchedule().trainSteps());
        scope.step(
            within -> {
              NDArray own = latents.get(image + ":" + (image + 1));
              own.attach(within);
              Shape shape = own.getShape();
              float[] numbers =
                  model.noise(random.noiseSeed()).normal(Math.toIntExact(shape.size()));
              NDArray noise = within.create(numbers, shape).duplicate();
              TextCondition prompt = row(prompts, image);
              prompt.attach(within);
              return loss.of(own, noise, timestep, prompt, Optional.empty());
            });
      }
    }
  }

  private static TextCondition row(TextCondition all, int row) {
    String range = row + ":" + (row + 1);
    return new TextCondition(
        all.context().get(range),
        all.pooled().map(pooled -> pooled.get(range)),
        all.timeIds().map(ids -> ids.get(range)));
  }

  @Override
  public void close() {
    scope.close();
    for (String name : model.weights().names()) {
      if (changed.containsKey(name)) {
        model.weights().replace(name, changed.get(name));
      } else if (isTrained(name)) {
        model.weights().restore(name);
      }
    }
  }
}

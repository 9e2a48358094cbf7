package dev.forgetmenot.plugin.evaluate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.attention.AttentionLayer;
import dev.forgetmenot.api.attention.AttentionObserver;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.evaluation.ImageSet.Shot;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.NoisyLatents;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.kit.concept.EosSelection;
import dev.forgetmenot.kit.concept.TokenPositions;
import java.util.ArrayList;
import java.util.List;

/**
 * The share of the cross attention's probability on some phrases of a prompt. For the engine
 * thread.
 *
 * @param labels phrases, of which the prompt says at least one
 */
record AttentionMass(DiffusionModel model, List<String> labels) {
  /**
   * What the UNet sees at one step.
   *
   * @param latents (1, c, h, w), row-major
   * @param shape of the latents
   */
  @SuppressWarnings("ArrayRecordComponent") // carried between models, never compared
  record Seen(String prompt, double timestep, float[] latents, Shape shape) {}

  /** What it sees at each step of drawing images, one after another. */
  static List<Seen> drawn(
      DiffusionModel model, GenerationRequest settings, List<Shot> shots, JobContext context) {
    List<Seen> seen = new ArrayList<>();
    for (Shot shot : shots) {
      context.checkCancelled();
      for (NoisyLatents step :
          model.trajectory(settings.prompted(shot.prompt()).seeds(shot.seed(), 1))) {
        try (step) {
          NDArray latents = step.latents();
          seen.add(
              new Seen(shot.prompt(), step.timestep(), latents.toFloatArray(), latents.getShape()));
        }
      }
    }
    return seen;
  }

  /**
   * The mean share over layers, heads, pixels and steps.
   *
   * @throws IllegalArgumentException if a prompt says none of the phrases
   */
  double of(List<Seen> steps, JobContext context) {
    double sum = 0;
    for (Seen step : steps) {
      context.checkCancelled();
      sum += of(step);
    }
    return sum / steps.size();
  }

  private double of(Seen step) {
    TokenizedPrompt prompt = model.tokenize(step.prompt());
    Share share = new Share(columns(prompt));
    try (NDManager manager = model.newManager();
        TextCondition condition = model.encodePrompts(List.of(prompt));
        NDArray latents = manager.create(step.latents(), step.shape())) {
      model.observe(
          latents, new double[] {step.timestep()}, condition, AttentionHooks.observing(share));
    }
    return share.sum / share.layers;
  }

  private List<Integer> columns(TokenizedPrompt prompt) {
    String said =
        labels.stream()
            .filter(prompt.text()::contains)
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "The prompt '" + prompt.text() + "' does not say " + labels));
    return TokenPositions.find(model, prompt, said, EosSelection.NONE).columns();
  }

  /** Of each layer of one forward pass. */
  private static final class Share implements AttentionObserver {
    private final List<Integer> columns;
    private double sum;
    private int layers;

    Share(List<Integer> columns) {
      this.columns = columns;
    }

    @Override
    public boolean watches(AttentionLayer site) {
      return site.cross();
    }

    @Override
    public void observe(AttentionLayer site, NDArray probabilities) {
      long tokens = probabilities.getShape().get(2);
      try (NDArray rows = probabilities.reshape(-1, tokens); // a row for each head and pixel
          NDArray mean = rows.mean(new int[] {0})) {
        float[] share = mean.toFloatArray();
        for (int column : columns) {
          sum += share[column];
        }
        layers++;
      }
    }
  }
}

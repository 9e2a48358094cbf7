package dev.forgetmenot.diffusion.pipeline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.GuidanceInterval;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a batch is drawn after: the prompt's embedding for each image and, with classifier-free
 * guidance (Ho and Salimans, arXiv 2207.12598), the negative prompt's before them.
 *
 * @param condition of b rows, or of 2b with the negative prompt's first; closed with this
 * @param alone the prompt's b rows, for predictions outside of the guidance interval; empty where
 *     all are guided or none is
 * @param scale w, how far to go from the negative prompt's prediction to the prompt's and beyond
 * @param rescale φ of Lin et al., arXiv 2305.08891, section 3.4, in [0, 1]
 * @param interval where it is guided
 */
record Conditioning(
    TextCondition condition,
    Optional<TextCondition> alone,
    boolean guided,
    double scale,
    double rescale,
    GuidanceInterval interval)
    implements AutoCloseable {

  /**
   * The conditioning of a batch. Prompts of fewer chunks than others are padded.
   *
   * @param settings guidance and how prompts are read
   * @param prompts one an image
   * @param negativePrompts one an image
   * @param size of the images
   */
  static Conditioning of(
      GenerationRequest settings,
      List<String> prompts,
      List<String> negativePrompts,
      ImageSize size,
      ModelComponents parts,
      NDManager manager,
      ActiveExtensions extensions) {
    boolean guided = settings.guidance() > 1;
    PromptConditions encoder = PromptConditions.of(settings, size, parts);
    try (NDManager scope = manager.newSubManager()) {
      Map<String, TextCondition> positive = new HashMap<>();
      Map<String, TextCondition> negative = new HashMap<>();
      for (String prompt : prompts) {
        positive.computeIfAbsent(
            prompt, text -> encoded(encoder.of(text, scope), false, scope, extensions));
      }
      for (String prompt : guided ? negativePrompts : List.<String>of()) {
        negative.computeIfAbsent(
            prompt, text -> encoded(encoder.ofNegative(text, scope), true, scope, extensions));
      }
      long longest =
          Stream.of(positive, negative)
              .flatMap(rows -> rows.values().stream())
              .mapToLong(row -> row.context().getShape().get(1))
              .max()
              .orElseThrow();
      positive.replaceAll((prompt, row) -> encoder.padded(row, longest, scope));
      negative.replaceAll((prompt, row) -> encoder.paddedNegative(prompt, row, longest, scope));
      List<TextCondition> rows = new ArrayList<>();
      if (guided) {
        negativePrompts.forEach(prompt -> rows.add(negative.get(prompt)));
      }
      List<TextCondition> own = prompts.stream().map(positive::get).toList();
      rows.addAll(own);
      boolean alone = guided && !settings.guidanceInterval().equals(GuidanceInterval.WHOLE);
      return new Conditioning(
          together(rows, manager),
          alone ? Optional.of(together(own, manager)) : Optional.empty(),
          guided,
          guided ? settings.guidance() : 1,
          settings.guidanceRescale(),
          settings.guidanceInterval());
    }
  }

  private static TextCondition encoded(
      TextCondition plain, boolean negative, NDManager scope, ActiveExtensions extensions) {
    TextCondition row = extensions.textCondition(plain, negative);
    row.attach(scope);
    return row;
  }

  private static TextCondition together(List<TextCondition> rows, NDManager manager) {
    TextCondition all = TextCondition.concat(rows);
    all.attach(manager);
    return all;
  }

  /** What one prediction is made with, as if it were all: guided or not. */
  Conditioning at(int prediction, int predictions) {
    return guided && !interval.contains(prediction, predictions) ? unguided() : this;
  }

  /** What predictions outside of the interval are made with; the same where none is outside. */
  Conditioning unguided() {
    return alone.map(own -> new Conditioning(own, alone, false, 1, rescale, interval)).orElse(this);
  }

  /**
   * What an extension makes of both predictions, or else ε̃ = ε(negative) + w · (ε(prompt) −
   * ε(negative)).
   *
   * @param both (2b, c, h, w)
   * @return (b, c, h, w), a new array
   */
  NDArray guide(NDArray both, int step, ActiveExtensions extensions) {
    long batch = both.getShape().get(0) / 2;
    try (NDArray negative = both.get("0:" + batch);
        NDArray prompt = both.get(batch + ":")) {
      Optional<NDArray> combined = extensions.guidance(step, negative, prompt, scale);
      if (combined.isEmpty()) {
        NDArray guided = guided(negative, prompt);
        return rescale == 0 ? guided : rescaled(guided, prompt);
      }
      NDArray given = combined.get();
      return given == negative || given == prompt ? given.duplicate() : given;
    }
  }

  private NDArray guided(NDArray negative, NDArray prompt) {
    try (NDArray difference = prompt.sub(negative);
        NDArray scaled = difference.mul((float) scale)) {
      return negative.add(scaled);
    }
  }

  /** Eq. (15) and (16): φ·(std(prompt) / std(guided))·guided + (1 − φ)·guided; closes guided. */
  private NDArray rescaled(NDArray guided, NDArray prompt) {
    try (NDArray given = guided;
        NDArray wanted = deviation(prompt);
        NDArray found = deviation(given);
        NDArray ratio = wanted.div(found);
        NDArray scaled = ratio.mul((float) rescale);
        NDArray factor = scaled.add((float) (1 - rescale))) {
      return given.mul(factor);
    }
  }

  /** The standard deviation of each image's numbers, (b, 1, 1, 1). */
  private static NDArray deviation(NDArray images) {
    int[] numbers = {1};
    long batch = images.getShape().get(0);
    long count = images.size() / batch;
    try (NDArray rows = images.reshape(batch, count);
        NDArray mean = rows.mean(numbers, true);
        NDArray centred = rows.sub(mean);
        NDArray squared = centred.square();
        NDArray sum = squared.sum(numbers, true);
        NDArray variance = sum.div(count - 1);
        NDArray deviation = variance.sqrt()) {
      return deviation.reshape(batch, 1, 1, 1);
    }
  }

  @Override
  public void close() {
    alone.ifPresent(TextCondition::close);
    condition.close();
  }
}

package dev.forgetmenot.plugin.evaluate.attack;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.sampling.Sampler;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Draws as {@link DiffusionModel#generate} does, by DDIM (Song et al. 2021), with hands on what
 * that keeps to itself: the text conditions, each step, and latents to begin with. It is the run of
 * the weights alone, without sampling extensions. For the engine thread.
 *
 * @param model that draws
 * @param requests of one image each, alike in all but prompt and seed; b of them
 */
record ConditionedSampling(DiffusionModel model, List<GenerationRequest> requests) {
  private static final String DDIM = "ddim";

  /** One step from a sample to the next. */
  @FunctionalInterface
  interface Step {
    /**
     * The sample after a step.
     *
     * @param prediction (b, c, h, w), after guidance
     * @param sample (b, c, h, w)
     * @param index into the sampler's timesteps
     * @return a new array
     */
    NDArray next(Sampler sampler, NDArray prediction, NDArray sample, int index);
  }

  /** As the sampler does. */
  static final Step PLAIN =
      (sampler, prediction, sample, index) -> sampler.step(prediction, index, sample, n -> null);

  private GenerationRequest settings() {
    return requests.get(0);
  }

  /** The sampler; the caller closes it. */
  Sampler sampler() {
    return model.newSampler(settings().sampled(DDIM, settings().steps()));
  }

  /** The shape of the latents (b, c, h, w). */
  Shape shape() {
    int[] own = model.latentShape();
    int factor = model.imageSize() / own[1];
    int height = settings().height().map(pixels -> pixels / factor).orElse(own[1]);
    int width = settings().width().map(pixels -> pixels / factor).orElse(own[2]);
    return new Shape(requests.size(), own[0], height, width);
  }

  /** A source of normal numbers for each image, by its seed. */
  List<NoiseSource> sources() {
    return requests.stream().map(request -> model.noise(request.seed())).toList();
  }

  /** The next normal numbers of each source, (b, c, h, w). */
  NDArray normal(NDManager manager, List<NoiseSource> sources) {
    Shape shape = shape();
    int each = Math.toIntExact(shape.size() / sources.size());
    float[] all = new float[Math.toIntExact(shape.size())];
    for (int i = 0; i < sources.size(); i++) {
      System.arraycopy(sources.get(i).normal(each), 0, all, i * each, each);
    }
    return manager.create(all, shape);
  }

  /**
   * Images from noise.
   *
   * @param states makes text conditions (b, n, d) of those of the prompts, for both prompts
   */
  List<RgbImage> draw(UnaryOperator<NDArray> states) {
    return draw(states, states);
  }

  /**
   * Images from noise.
   *
   * @param own makes text conditions (b, n, d) of those of the prompts
   * @param negative the same for the negative prompts
   */
  List<RgbImage> draw(UnaryOperator<NDArray> own, UnaryOperator<NDArray> negative) {
    try (NDManager manager = model.newManager();
        Sampler sampler = sampler();
        NDArray noise = normal(manager, sources());
        TextCondition condition = condition(own, negative)) {
      NDArray start = noise.mul(sampler.initNoiseSigma());
      try (NDArray done = run(manager, start, 0, settings().steps(), sampler, condition, PLAIN)) {
        return model.decodeLatents(done);
      }
    }
  }

  /**
   * Goes through a part of the schedule.
   *
   * @param start (b, c, h, w), which this closes
   * @param from index of the first step
   * @param end index after the last step
   * @return the last sample, which the caller closes
   */
  NDArray run(
      NDManager manager,
      NDArray start,
      int from,
      int end,
      Sampler sampler,
      UnaryOperator<NDArray> states,
      Step step) {
    try (TextCondition condition = condition(states, states)) {
      return run(manager, start, from, end, sampler, condition, step);
    }
  }

  private NDArray run(
      NDManager manager,
      NDArray start,
      int from,
      int end,
      Sampler sampler,
      TextCondition condition,
      Step step) {
    double[] timesteps = sampler.timesteps();
    NDArray sample = start;
    for (int i = from; i < end; i++) {
      NDArray next;
      try (NDArray now = sample;
          NDArray prediction = predict(now, timesteps[i], i, sampler, condition)) {
        next = step.next(sampler, prediction, now, i);
      }
      next.attach(manager);
      sample = next;
    }
    return sample;
  }

  private boolean guided() {
    return settings().guidance() > 1;
  }

  /** Of the negative prompts, then of the prompts; of the prompts alone without guidance. */
  private TextCondition condition(UnaryOperator<NDArray> own, UnaryOperator<NDArray> negative) {
    List<String> prompts = requests.stream().map(GenerationRequest::prompt).toList();
    try (TextCondition with = changed(model.encodePrompts(tokenized(prompts)), own)) {
      if (!guided()) {
        return TextCondition.concat(List.of(with));
      }
      List<String> others = requests.stream().map(GenerationRequest::negativePrompt).toList();
      TextCondition plain = model.encodeNegativePrompts(tokenized(others));
      try (TextCondition without = changed(plain, negative)) {
        return TextCondition.concat(List.of(without, with));
      }
    }
  }

  private List<TokenizedPrompt> tokenized(List<String> prompts) {
    return prompts.stream().map(model::tokenize).toList();
  }

  private static TextCondition changed(TextCondition plain, UnaryOperator<NDArray> states) {
    NDArray changed = states.apply(plain.context());
    if (changed != plain.context()) {
      plain.context().close();
    }
    return new TextCondition(changed, plain.pooled(), plain.timeIds());
  }

  /** What the UNet predicts, after classifier-free guidance (Ho and Salimans 2022). */
  private NDArray predict(
      NDArray sample, double timestep, int index, Sampler sampler, TextCondition condition) {
    NDArray scaled = sampler.scaleModelInput(sample, index);
    try (NDArray input =
        guided() ? NDArrays.concat(new NDList(scaled, scaled), 0) : scaled.duplicate()) {
      double[] timesteps = new double[Math.toIntExact(input.getShape().get(0))];
      Arrays.fill(timesteps, timestep);
      NDArray output = model.predict(input, timesteps, condition, AttentionHooks.NONE);
      return guided() ? guide(output) : output;
    } finally {
      if (scaled != sample) {
        scaled.close();
      }
    }
  }

  private NDArray guide(NDArray output) {
    long b = requests.size();
    try (NDArray both = output;
        NDArray without = both.get(":" + b);
        NDArray with = both.get(b + ":");
        NDArray difference = with.sub(without);
        NDArray scaled = difference.mul(settings().guidance())) {
      return without.add(scaled);
    }
  }
}

package dev.forgetmenot.api.sampling;

import dev.forgetmenot.files.Message;
import java.util.Optional;

/**
 * What to draw. Made by {@link #of} or {@link #builder}: its constructor changes with every new
 * component.
 *
 * @param prompt the prompt
 * @param negativePrompt what to stay away from; empty for nothing
 * @param seed the first seed, in [0, 2⁶³)
 * @param seedPerImage true: image i has a generator of its own with seed {@code seed + i}, as A1111
 *     does; false: one generator draws the whole batch, as a diffusers pipeline with one generator
 *     does
 * @param count number of images, at least 1
 * @param steps sampler steps, at least 1
 * @param guidance scale of classifier-free guidance; 1 or less runs without it
 * @param width pixels, or empty for the model's own size
 * @param height pixels, or empty for the model's own size
 * @param sampler name of a sampler, or empty for the model's own
 * @param guidanceRescale in [0, 1]: how far the guided prediction gets the standard deviation of
 *     the prompt's own, against washed-out or overexposed images at high guidance (Lin et al.,
 *     arXiv 2305.08891, section 3.4; diffusers' {@code guidance_rescale}); 0 leaves it as it is
 * @param clipSkip which layer of the text encoder the prompt's embedding comes from, counted from
 *     the one that the model was trained with, which is 1 (the last of SD 1.x and 2.x, the
 *     penultimate of SDXL); diffusers' {@code clip_skip} is one less
 * @param promptWeights true: prompts are read as A1111 does, with {@code (word:1.3)}, {@code BREAK}
 *     and as many chunks of 75 tokens as they need; false: they are plain words, and what does not
 *     fit is cut off, as diffusers does
 * @param initial an image to begin with, or empty to begin with noise
 * @param variation a second seed to mix in, or empty for none
 * @param guidanceInterval the part of the steps that is guided, where guidance is above 1
 * @param featureCache how much of the UNet each prediction computes anew
 * @param secondPrompt the prompt of the second text encoder, where a model has one (diffusers'
 *     {@code prompt_2}); empty for the same as the first
 * @param secondNegativePrompt what to stay away from, for the second text encoder; empty for the
 *     same as the first
 * @param sizeCondition what a model that was trained with the sizes of its images is told of them
 */
public record GenerationRequest(
    String prompt,
    String negativePrompt,
    long seed,
    boolean seedPerImage,
    int count,
    int steps,
    double guidance,
    Optional<Integer> width,
    Optional<Integer> height,
    Optional<String> sampler,
    double guidanceRescale,
    int clipSkip,
    boolean promptWeights,
    Optional<InitialImage> initial,
    Optional<Variation> variation,
    GuidanceInterval guidanceInterval,
    FeatureCache featureCache,
    Optional<String> secondPrompt,
    Optional<String> secondNegativePrompt,
    SizeCondition sizeCondition) {

  /** Checks the ranges. */
  public GenerationRequest {
    require(seed >= 0, "seed must be 0 or more", seed);
    require(count >= 1 && count <= 4096, "count must be in [1, 4096]", count);
    require(steps >= 1 && steps <= 1000, "steps must be in [1, 1000]", steps);
    require(Double.isFinite(guidance) && guidance >= 0, "guidance must be 0 or more", guidance);
    require(
        guidanceRescale >= 0 && guidanceRescale <= 1,
        "guidance rescale must be in [0, 1]",
        guidanceRescale);
    require(clipSkip >= 1, "clip skip must be 1 or more", clipSkip);
    initial.ifPresent(given -> requireSteps(steps, given.denoising()));
  }

  /** One image of the prompt with the usual settings: 20 steps, guidance 5, the model's sampler. */
  public static GenerationRequest of(String prompt) {
    return builder(prompt).build();
  }

  /** A builder that begins with the values of {@link #of}. */
  public static Builder builder(String prompt) {
    return new Builder(prompt);
  }

  /** A builder that begins with these values. */
  public Builder toBuilder() {
    Builder builder = new Builder(prompt);
    builder.negativePrompt = negativePrompt;
    builder.seed = seed;
    builder.seedPerImage = seedPerImage;
    builder.count = count;
    builder.steps = steps;
    builder.guidance = guidance;
    builder.width = width;
    builder.height = height;
    builder.sampler = sampler;
    builder.guidanceRescale = guidanceRescale;
    builder.clipSkip = clipSkip;
    builder.promptWeights = promptWeights;
    builder.initial = initial;
    builder.variation = variation;
    builder.guidanceInterval = guidanceInterval;
    builder.featureCache = featureCache;
    builder.secondPrompt = secondPrompt;
    builder.secondNegativePrompt = secondNegativePrompt;
    builder.sizeCondition = sizeCondition;
    return builder;
  }

  /** The same with other seed and count. */
  public GenerationRequest seeds(long first, int images) {
    return toBuilder().seed(first).count(images).build();
  }

  /** Some of its images: {@code images} of them from the given one on, each as it is here. */
  public GenerationRequest part(int from, int images) {
    Builder part = toBuilder().count(images);
    return variation.isPresent()
        ? part.variation(variation.get().plus(from)).build()
        : part.seed(seed + from).build();
  }

  /** The seed of an image, counted from 0. */
  public long seedOf(int image) {
    return variation.isPresent() ? seed : seed + image;
  }

  /** The same with another prompt. */
  public GenerationRequest prompted(String text) {
    return toBuilder().prompt(text).build();
  }

  /** The same with another sampler and number of steps. */
  public GenerationRequest sampled(String name, int stepCount) {
    return toBuilder().sampler(name).steps(stepCount).build();
  }

  /** Collects the values; {@link #build} checks them. For one thread. */
  public static final class Builder {
    private String prompt;
    private String negativePrompt = "";
    private long seed = 0;
    private boolean seedPerImage = true;
    private int count = 1;
    private int steps = 20;
    private double guidance = 5;
    private Optional<Integer> width = Optional.empty();
    private Optional<Integer> height = Optional.empty();
    private Optional<String> sampler = Optional.empty();
    private double guidanceRescale = 0;
    private int clipSkip = 1;
    private boolean promptWeights;
    private Optional<InitialImage> initial = Optional.empty();
    private Optional<Variation> variation = Optional.empty();
    private GuidanceInterval guidanceInterval = GuidanceInterval.WHOLE;
    private FeatureCache featureCache = FeatureCache.NONE;
    private Optional<String> secondPrompt = Optional.empty();
    private Optional<String> secondNegativePrompt = Optional.empty();
    private SizeCondition sizeCondition = SizeCondition.NONE;

    private Builder(String prompt) {
      this.prompt = prompt;
    }

    /** The prompt. */
    public Builder prompt(String value) {
      this.prompt = value;
      return this;
    }

    /** What to stay away from. */
    public Builder negativePrompt(String value) {
      this.negativePrompt = value;
      return this;
    }

    /** The first seed, in [0, 2⁶³). */
    public Builder seed(long value) {
      this.seed = value;
      return this;
    }

    /** Whether image i has a generator of its own with seed {@code seed + i}. */
    public Builder seedPerImage(boolean value) {
      this.seedPerImage = value;
      return this;
    }

    /** Number of images, at least 1. */
    public Builder count(int value) {
      this.count = value;
      return this;
    }

    /** Sampler steps, at least 1. */
    public Builder steps(int value) {
      this.steps = value;
      return this;
    }

    /** Scale of classifier-free guidance; 1 or less runs without it. */
    public Builder guidance(double value) {
      this.guidance = value;
      return this;
    }

    /** Pixels; the model's own size unless set. */
    public Builder width(Integer value) {
      this.width = Optional.of(value);
      return this;
    }

    /** Pixels; the model's own size unless set. */
    public Builder height(Integer value) {
      this.height = Optional.of(value);
      return this;
    }

    /** Name of a sampler; the model's own unless set. */
    public Builder sampler(String value) {
      this.sampler = Optional.of(value);
      return this;
    }

    /** How far guidance keeps the deviation of the prompt's own prediction, in [0, 1]. */
    public Builder guidanceRescale(double value) {
      this.guidanceRescale = value;
      return this;
    }

    /** Which layer of the text encoder counts, from the last, which is 1. */
    public Builder clipSkip(int value) {
      this.clipSkip = value;
      return this;
    }

    /** Whether prompts are read as A1111 does, with weights and chunks; plain words unless set. */
    public Builder promptWeights(boolean value) {
      this.promptWeights = value;
      return this;
    }

    /** An image to begin with. */
    public Builder initial(InitialImage value) {
      this.initial = Optional.of(value);
      return this;
    }

    /** A second seed to mix in. */
    public Builder variation(Variation value) {
      this.variation = Optional.of(value);
      return this;
    }

    /** The part of the steps that is guided; all unless set. */
    public Builder guidanceInterval(GuidanceInterval value) {
      this.guidanceInterval = value;
      return this;
    }

    /** How much of the UNet each prediction computes anew; all unless set. */
    public Builder featureCache(FeatureCache value) {
      this.featureCache = value;
      return this;
    }

    /** The prompt of the second text encoder; that of the first unless set. */
    public Builder secondPrompt(String value) {
      this.secondPrompt = Optional.of(value);
      return this;
    }

    /** What to stay away from, for the second text encoder; that of the first unless set. */
    public Builder secondNegativePrompt(String value) {
      this.secondNegativePrompt = Optional.of(value);
      return this;
    }

    /** What the model is told of the image's sizes; those that are drawn unless set. */
    public Builder sizeCondition(SizeCondition value) {
      this.sizeCondition = value;
      return this;
    }

    /**
     * The values as they are now.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    public GenerationRequest build() {
      return new GenerationRequest(
          prompt,
          negativePrompt,
          seed,
          seedPerImage,
          count,
          steps,
          guidance,
          width,
          height,
          sampler,
          guidanceRescale,
          clipSkip,
          promptWeights,
          initial,
          variation,
          guidanceInterval,
          featureCache,
          secondPrompt,
          secondNegativePrompt,
          sizeCondition);
    }
  }

  private static void requireSteps(int steps, double denoising) {
    if (InitialImage.taken(steps, denoising) == 0) {
      throw new IllegalArgumentException(
          Message.of(
              "denoising strength %s of %s steps takes none of them; expected at least one: take"
                  + " %.0f steps or more, or a higher denoising strength",
              denoising, steps, Math.ceil(1 / denoising)));
    }
  }

  private static void require(boolean condition, String message, Object found) {
    if (!condition) {
      throw new IllegalArgumentException(message + ", not " + found);
    }
  }
}

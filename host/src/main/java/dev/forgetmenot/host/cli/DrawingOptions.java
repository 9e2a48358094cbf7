package dev.forgetmenot.host.cli;

import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.InitialImage;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.api.sampling.Variation;
import dev.forgetmenot.host.generate.RecordedSettings;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Options that say how images are drawn. What is not given comes from the image that is drawn again
 * (see {@link RecordedSettings}), or else is the usual.
 */
final class DrawingOptions {
  private static final int STEPS = 20;
  private static final double GUIDANCE = 5;

  @Option(
      names = {"-n", "--negative-prompt"},
      paramLabel = "PROMPT",
      description = "What to stay away from.")
  private String negativePrompt;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of the first image, image i has N + i; -1 for a random one (default).")
  private Long seed;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Steps of the sampler (default: " + STEPS + ").")
  private Integer steps;

  @Option(
      names = "--guidance",
      paramLabel = "SCALE",
      description = "How closely to follow the prompt; 1 for not at all (default: 5).")
  private Double guidance;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "1",
      description = "Number of images (default: ${DEFAULT-VALUE}).")
  private int count;

  @Mixin private ImageSizeOption size;

  @Option(
      names = "--sampler",
      paramLabel = "NAME",
      description = {
        "ddim, ddpm, pndm, lms, euler, euler-a, heun, dpm2, dpm2-a, dpmpp-2m, dpmpp-3m, dpmpp-2m-sde,",
        "dpmpp-3m-sde, dpmpp-2s, dpmpp-3s, dpmpp-2s-sde, unipc, deis, lcm, tcd or a plugin's (default:",
        "the model's own); the schedule may follow, as in \"DPM++ 2M Karras\"."
      })
  private String sampler;

  @Option(
      names = "--schedule",
      paramLabel = "NAME",
      description = {
        "The sampler's noise levels: karras, exponential, ays, linspace, leading, trailing, zero-snr",
        "(default: the model's)."
      })
  private String schedule;

  @Option(
      names = "--guidance-rescale",
      paramLabel = "SHARE",
      description = {
        "Against overexposed images at high guidance: how far it keeps the contrast of the prompt's",
        "own prediction, 0 (default) to 1; 0.7 is usual for models with zero terminal SNR."
      })
  private Double guidanceRescale;

  @Option(
      names = "--clip-skip",
      paramLabel = "N",
      description =
          "Take the prompt from the N-th layer of the text encoder from the end, as A1111 counts:"
              + " 1 is the last, or SDXL's last but one (default), 2 the one before; diffusers'"
              + " clip_skip is one less.")
  private Integer clipSkip;

  @Option(
      names = "--no-prompt-weights",
      description = {
        "Read prompts as plain words, of 75 tokens at most. Without it they are read as A1111 does:",
        "(word:1.3), ((word)), [word], BREAK, and as many chunks of 75 tokens as they need; \\( is a",
        "bracket."
      })
  private boolean plain;

  @Option(
      names = "--variation-seed",
      paramLabel = "N",
      description = {
        "Mix the noise of this seed into that of --seed; image i has N + i, all have --seed. -1 for a",
        "random one."
      })
  private Long variationSeed;

  @Option(
      names = "--variation-strength",
      paramLabel = "SHARE",
      description = "How much of it: 0 for nothing, 1 for its noise alone (default: 0.1).")
  private Double variationStrength;

  @Mixin private ConditionOptions condition;

  @Mixin private LessWorkOptions less;

  @Mixin private InitialImageOptions initial;

  /**
   * What is to be drawn, as far as it is known before there is a model: an image to begin with has
   * its own size still.
   *
   * @throws IOException if an image to begin with cannot be read
   * @throws IllegalArgumentException if a value is out of its range
   */
  GenerationRequest request(String prompt, RecordedSettings recorded) throws IOException {
    GenerationRequest.Builder request =
        GenerationRequest.builder(prompt)
            .negativePrompt(negativePrompt == null ? recorded.negativePrompt() : negativePrompt)
            .seed(
                seed == null
                    ? recorded.seed().orElseGet(DrawingOptions::random)
                    : seed("--seed", seed))
            .count(count)
            .steps(steps == null ? less.steps().or(recorded::steps).orElse(STEPS) : steps)
            .guidance(guidance == null ? recorded.guidance().orElse(GUIDANCE) : guidance)
            .clipSkip(clipSkip == null ? recorded.clipSkip().orElse(1) : clipSkip)
            .promptWeights(!plain && recorded.promptWeights());
    size.width().or(recorded::width).ifPresent(request::width);
    size.height().or(recorded::height).ifPresent(request::height);
    sampler(recorded).ifPresent(request::sampler);
    request.guidanceRescale(
        guidanceRescale == null ? recorded.guidanceRescale().orElse(0.0) : guidanceRescale);
    variation(recorded).ifPresent(request::variation);
    condition.applyTo(request, recorded);
    less.applyTo(request, recorded);
    Optional<InitialImage> image = initial.read(recorded.denoising());
    recorded.requireImage(image.isPresent());
    image.ifPresent(request::initial);
    return request.build();
  }

  /** The sampler, then the schedule; a schedule alone is that of the model's own sampler. */
  private Optional<String> sampler(RecordedSettings recorded) {
    Optional<String> named = Optional.ofNullable(sampler).or(less::sampler).or(recorded::sampler);
    return schedule == null ? named : Optional.of((named.orElse("") + " " + schedule).strip());
  }

  private Optional<Variation> variation(RecordedSettings recorded) {
    if (variationSeed == null && variationStrength != null && recorded.variation().isEmpty()) {
      throw new IllegalArgumentException(
          "--variation-strength needs a seed to mix in: name one by --variation-seed, or -1 for a"
              + " random one");
    }
    if (variationSeed == null) {
      return recorded
          .variation()
          .map(
              one ->
                  variationStrength == null ? one : new Variation(one.seed(), variationStrength));
    }
    double share = variationStrength == null ? Variation.USUAL_STRENGTH : variationStrength;
    return Optional.of(new Variation(seed("--variation-seed", variationSeed), share));
  }

  private static long seed(String option, long given) {
    if (given < -1) {
      throw new IllegalArgumentException(option + " should be 0 or more, or -1, not " + given);
    }
    return given == -1 ? random() : given;
  }

  private static long random() {
    return ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE);
  }

  /**
   * Refuses what the model's own sampler rules out.
   *
   * @param own of the model
   */
  void check(SchedulerConfig own) {
    less.check(own, sampler != null);
  }

  /** What an option that stands for several has set, for people. */
  Optional<String> note(GenerationRequest request) {
    return less.note(request);
  }

  /** What the infotext says beside the request. */
  Map<String, String> facts() {
    return initial.facts();
  }
}

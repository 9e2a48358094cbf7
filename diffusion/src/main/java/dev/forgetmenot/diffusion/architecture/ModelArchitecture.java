package dev.forgetmenot.diffusion.architecture;

import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.api.model.NoiseSchedule;
import dev.forgetmenot.api.sampling.PredictionType;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.diffusion.schedule.DiscreteNoiseSchedule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A family of models that have the same components. The next one is an entry here. */
public enum ModelArchitecture {
  /** Stable Diffusion 1.x and 2.x (Rombach et al., arXiv 2112.10752). */
  STABLE_DIFFUSION(
      "Stable Diffusion 1.x and 2.x",
      Set.of(
          "StableDiffusionPipeline",
          "StableDiffusionPipelineSafe",
          "StableDiffusionImg2ImgPipeline",
          "StableDiffusionControlNetPipeline"),
      List.of(
          new TextEncoderSlot(
              "text_encoder",
              "tokenizer",
              false,
              List.of(
                  new TextEncoderSlot.Stored("cond_stage_model.model.", true),
                  new TextEncoderSlot.Stored("conditioner.embedders.0.model.", true),
                  new TextEncoderSlot.Stored("cond_stage_model.transformer.", false)))),
      false,
      0.18215),
  /**
   * Stable Diffusion XL (Podell et al., arXiv 2307.01952), its base model and what is made of it.
   */
  STABLE_DIFFUSION_XL(
      "Stable Diffusion XL",
      Set.of(
          "StableDiffusionXLPipeline",
          "StableDiffusionXLImg2ImgPipeline",
          "StableDiffusionXLControlNetPipeline"),
      List.of(
          new TextEncoderSlot(
              "text_encoder",
              "tokenizer",
              false,
              List.of(new TextEncoderSlot.Stored("conditioner.embedders.0.transformer.", false))),
          new TextEncoderSlot(
              "text_encoder_2",
              "tokenizer_2",
              true,
              List.of(new TextEncoderSlot.Stored("conditioner.embedders.1.model.", true)))),
      true,
      0.13025);

  private final String words;

  @SuppressWarnings("ImmutableEnumChecker") // made by Set.of
  private final Set<String> pipelines;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of, of records of texts
  private final List<TextEncoderSlot> textEncoders;

  private final boolean conditionedOnSizes;
  private final double latentScale;

  ModelArchitecture(
      String words,
      Set<String> pipelines,
      List<TextEncoderSlot> textEncoders,
      boolean conditionedOnSizes,
      double latentScale) {
    this.words = words;
    this.pipelines = pipelines;
    this.textEncoders = textEncoders;
    this.conditionedOnSizes = conditionedOnSizes;
    this.latentScale = latentScale;
  }

  /** The architecture of diffusers' pipeline classes; empty for one that is not known. */
  public static Optional<ModelArchitecture> ofPipeline(String className) {
    return Stream.of(values()).filter(one -> one.pipelines.contains(className)).findFirst();
  }

  /**
   * The architecture of a single file, told by the last text encoder, which the others have not;
   * the first where there is none.
   *
   * @param begins whether a name in the file begins so
   */
  public static ModelArchitecture ofFile(Predicate<String> begins) {
    return Stream.of(values())
        .sorted(Comparator.comparingInt(one -> -one.textEncoders.size()))
        .filter(
            one ->
                one.textEncoders.get(one.textEncoders.size() - 1).stored().stream()
                    .anyMatch(names -> begins.test(names.prefix())))
        .findFirst()
        .orElse(STABLE_DIFFUSION);
  }

  /** What people call it. */
  public String words() {
    return words;
  }

  /** The text encoders, in the order in which their embeddings lie side by side. */
  public List<TextEncoderSlot> textEncoders() {
    return textEncoders;
  }

  /**
   * Whether the UNet is told of the prompt as a whole and of the sizes of the image, beside a
   * context of hidden states before the last layer and without the final norm; else the context is
   * the last hidden state after it, and all that the UNet is told.
   */
  public boolean conditionedOnSizes() {
    return conditionedOnSizes;
  }

  /**
   * Whether an empty negative prompt is a condition of zeros, unless a folder says otherwise
   * (diffusers' {@code force_zeros_for_empty_prompt}).
   */
  public boolean zerosForEmptyPrompt() {
    return conditionedOnSizes;
  }

  /**
   * Whether activations of the VAE may go beyond 65504, the largest number of half precision, where
   * its configuration says {@code force_upcast}.
   */
  public boolean vaeOverflows() {
    return conditionedOnSizes;
  }

  /** What samples of the VAE's posterior are multiplied by, where no configuration says it. */
  public double latentScale() {
    return latentScale;
  }

  /**
   * Whether there are two versions, of which the second has linear layers around the transformer
   * blocks of its UNet and predicts the noise or the velocity.
   */
  public boolean hasVersions() {
    return this == STABLE_DIFFUSION;
  }

  /**
   * Height and width of the latents of a model's own image size, where no configuration says it.
   *
   * @param velocity whether it predicts the velocity
   * @param second whether it is of the second version of its family
   */
  public int latentSize(boolean second, boolean velocity) {
    if (this == STABLE_DIFFUSION_XL) {
      return 128;
    }
    return second && velocity ? 96 : 64;
  }

  /**
   * A scheduler configuration with what its class has no use for and the sampler that a request
   * names may: latents are not clipped, and steps end at the first noise level.
   */
  public SchedulerConfig completed(SchedulerConfig config) {
    if (this != STABLE_DIFFUSION_XL) {
      return config; // the published ones say it
    }
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("clip_sample", false);
    values.put("set_alpha_to_one", false);
    values.put("skip_prk_steps", true);
    values.putAll(config.values());
    return new SchedulerConfig(values);
  }

  /** The values of a {@code scheduler_config.json} as the published models have them. */
  public Map<String, Object> scheduler(PredictionType type) {
    boolean velocity = type == PredictionType.V_PREDICTION;
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("beta_start", 0.00085);
    values.put("beta_end", 0.012);
    values.put("beta_schedule", "scaled_linear");
    values.put("num_train_timesteps", 1000.0);
    values.put("steps_offset", 1.0);
    values.put("prediction_type", DiscreteNoiseSchedule.name(type));
    if (this == STABLE_DIFFUSION_XL) {
      values.put("_class_name", "EulerDiscreteScheduler");
      values.put("timestep_spacing", "leading");
    } else {
      values.put("_class_name", velocity ? "DDIMScheduler" : "PNDMScheduler");
      values.put("set_alpha_to_one", false);
      values.put("skip_prk_steps", true);
      values.put("clip_sample", false);
    }
    return values;
  }

  /** The components that have weights, in the order in which they are looked at. */
  public List<String> weights() {
    List<String> names = new ArrayList<>(List.of("unet"));
    textEncoders.forEach(encoder -> names.add(encoder.component()));
    names.add("vae");
    return List.copyOf(names);
  }

  /** The folders of a model and the class that each must be of; empty where any is looked at. */
  public Map<String, String> folders() {
    Map<String, String> folders = new LinkedHashMap<>();
    folders.put("unet", "UNet2DConditionModel");
    folders.put("vae", "AutoencoderKL");
    for (TextEncoderSlot encoder : textEncoders) {
      folders.put(encoder.component(), encoder.className());
      folders.put(encoder.tokenizer(), "CLIPTokenizer");
    }
    folders.put("scheduler", "");
    return folders;
  }

  /**
   * What the manifests of patches call a model of this architecture; see {@link ArchitectureLabel}.
   */
  public String label(BaseTensors base, NoiseSchedule schedule) {
    return ArchitectureLabel.of(this, base, schedule);
  }
}

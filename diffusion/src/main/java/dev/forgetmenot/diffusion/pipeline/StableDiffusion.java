package dev.forgetmenot.diffusion.pipeline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.attention.AttentionLayer;
import dev.forgetmenot.api.model.AddedTokens;
import dev.forgetmenot.api.model.BaseModel;
import dev.forgetmenot.api.model.LatentDistribution;
import dev.forgetmenot.api.model.ModelExtension;
import dev.forgetmenot.api.model.NoiseSchedule;
import dev.forgetmenot.api.model.NoisyLatents;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.model.PatchedModel;
import dev.forgetmenot.api.model.PromptTokenizer;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.sampling.Sampler;
import dev.forgetmenot.api.sampling.SamplerProvider;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.api.training.InputGradients;
import dev.forgetmenot.api.training.TrainingOptions;
import dev.forgetmenot.api.training.TrainingScope;
import dev.forgetmenot.diffusion.engine.EngineThread;
import dev.forgetmenot.diffusion.random.TorchGenerator;
import dev.forgetmenot.diffusion.sampler.SamplerRegistry;
import dev.forgetmenot.diffusion.tokenizer.EngineTokenizer;
import dev.forgetmenot.diffusion.tokenizer.PromptChunk;
import dev.forgetmenot.diffusion.training.ModelGradients;
import dev.forgetmenot.diffusion.training.TrainingSession;
import dev.forgetmenot.diffusion.weights.WeightPrecision;
import dev.forgetmenot.files.Closing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * A loaded Stable Diffusion 1.x or 2.x:
 *
 * <pre>{@code
 * try (StableDiffusion sd = StableDiffusion.load(Path.of("model"), LoadOptions.defaults())) {
 *   List<RgbImage> images = sd.generate(GenerationRequest.of("a photo of a lighthouse"));
 * }
 * }</pre>
 *
 * <p>May be used from any thread: each call waits for its turn on the model's engine thread. Arrays
 * that are returned may only be touched there; see {@link #engine}. {@link #close} frees
 * everything.
 */
public final class StableDiffusion implements PatchedModel, AutoCloseable {
  private final EngineThread engine;
  private final ModelComponents parts;
  private final ModelWeights weights;
  private final TextualInversionLoader tokens;
  private final BaseModel base;
  private final SamplerRegistry samplers;
  private final TextToImagePipeline pipeline;
  private final LoadOptions options;
  private final AppliedPatches patches; // for the engine thread
  private final AtomicBoolean closed = new AtomicBoolean();

  private StableDiffusion(EngineThread engine, ModelOnDisk stored, LoadOptions options)
      throws IOException {
    this.engine = engine;
    this.options = options;
    this.parts = ModelComponents.load(stored, engine, options);
    try {
      this.samplers = new SamplerRegistry(options.samplers());
      this.weights = new ModelWeights(parts);
      this.base = stored.base();
      this.pipeline = new TextToImagePipeline(new SamplingLoop(this, parts, samplers), parts);
      this.tokens = new TextualInversionLoader(engine, parts);
      this.patches =
          new AppliedPatches(
              new PatchSession(base, weights, tokens),
              options.patches(),
              options.modelExtensions());
    } catch (IOException | RuntimeException | Error e) {
      Closing.after(e, List.of(parts));
      throw e;
    }
  }

  /**
   * Opens a model and lets the extensions of the options see it. Names and shapes of all weights
   * are checked; the values of a component are read when it is first used.
   *
   * @param model a folder in diffusers' layout, with {@code model_index.json}, or a safetensors
   *     file with a whole model; see {@link ModelOnDisk#open(Path)}
   * @throws IOException if it is missing, broken or of another kind of model, or an extension
   *     refuses it; the message says where, why and what to do
   * @throws IllegalArgumentException if there is no such device
   */
  public static StableDiffusion load(Path model, LoadOptions options) throws IOException {
    ModelOnDisk stored = ModelOnDisk.open(model, options.reading());
    EngineThread engine;
    try {
      engine = EngineThread.start(options.device());
    } catch (RuntimeException | Error e) { // an engine whose libraries do not load throws Errors
      Closing.after(e, List.of(stored));
      throw e;
    }
    try {
      return engine.call(() -> new StableDiffusion(engine, stored, options));
    } catch (IOException | RuntimeException | Error e) {
      Closing.after(e, List.of(engine));
      throw e;
    }
  }

  /**
   * Puts other patches on the model in place of those that are on it; the extensions of the load
   * options see the model anew. Weights that get the same values from both are not touched, neither
   * in memory nor by computing them. What was trained or replaced by hand becomes the base's first.
   * Until the last weight is there, those that were changed before are kept as well; the base's are
   * read again from its files where they are needed.
   *
   * @throws IOException if a patch does not fit; the model is then as it was, with the patches that
   *     were on it
   */
  @Override
  public void repatch(List<PatchRequest> requests) throws IOException {
    engine.run(() -> patches.replace(requests));
  }

  @Override
  public void repatch(List<PatchRequest> requests, ModelExtension applier) throws IOException {
    engine.run(() -> patches.replace(requests, List.of(applier)));
  }

  @Override
  public List<PatchRequest> patches() {
    return engine.call(patches::requested);
  }

  /** What is on the model now. For the engine thread. */
  List<PatchRequest> on() {
    return patches.on();
  }

  @Override
  public PatchRequest named(String patch, double strength) throws IOException {
    return options.library().named(patch, strength);
  }

  @Override
  public void say(String line) {
    patches.say(line);
  }

  private <T> T drawn(
      StepListener listener, BooleanSupplier cancelled, Function<GenerationHooks, T> draw) {
    GenerationHooks hooks = new GenerationHooks(options.samplingExtensions(), listener, cancelled);
    return engine.call(() -> patches.during(listener, () -> draw.apply(hooks)));
  }

  /** The thread on which the model's arrays live. */
  public EngineThread engine() {
    return engine;
  }

  /** What the extensions said of the patches that they put on. */
  public List<String> patchDescriptions() {
    return engine.call(patches::descriptions);
  }

  /** What was taken for granted since the files do not say it; one line each. */
  public List<String> notes() {
    return parts.stored().notes();
  }

  @Override
  public BaseModel base() {
    return base;
  }

  /** The sampler that a request gets. */
  public SamplerProvider sampler(GenerationRequest request) {
    return samplers.resolve(request.sampler(), parts.schedulerConfig());
  }

  @Override
  public Sampler newSampler(GenerationRequest request) {
    return sampler(request).create(parts.noiseSchedule(), parts.schedulerConfig(), request.steps());
  }

  /** The samplers that a request can name. */
  public List<SamplerProvider> samplers() {
    return samplers.all();
  }

  /** The model's scheduler configuration. */
  public SchedulerConfig schedulerConfig() {
    return parts.schedulerConfig();
  }

  @Override
  public List<RgbImage> generate(GenerationRequest request) {
    return generate(request, StepListener.NONE, () -> false);
  }

  @Override
  public List<List<RgbImage>> generate(List<GenerationRequest> requests) {
    return generate(requests, StepListener.NONE, () -> false);
  }

  /** Draws images as {@link #generate(List)} does, and may be stopped. */
  public List<List<RgbImage>> generate(
      List<GenerationRequest> requests, StepListener listener, BooleanSupplier cancelled) {
    return drawn(listener, cancelled, hooks -> pipeline.runTogether(requests, hooks));
  }

  /**
   * Draws images as {@link #generate(GenerationRequest)} does, and may be stopped.
   *
   * @throws java.util.concurrent.CancellationException if cancelled
   */
  public List<RgbImage> generate(
      GenerationRequest request, StepListener listener, BooleanSupplier cancelled) {
    return drawn(listener, cancelled, hooks -> pipeline.run(request, hooks));
  }

  @Override
  public List<NoisyLatents> trajectory(GenerationRequest request) {
    return drawn(
        StepListener.NONE, () -> false, hooks -> pipeline.trajectory(request, hooks.extensions()));
  }

  @Override
  public NDManager newManager() {
    return engine.call(engine::newManager);
  }

  @Override
  public PromptTokenizer tokenizer() {
    return new EngineTokenizer(
        engine, parts.text().parts().stream().map(TextEncoders.Part::tokenizer).toList());
  }

  /** How weights are held that no patch changes. */
  public WeightPrecision weightPrecision() {
    return options.weights();
  }

  /** In how many chunks a prompt is encoded where prompts are read as A1111 does. */
  public int promptChunks(String prompt) {
    return engine.call(() -> PromptChunk.split(prompt, parts.tokenizer()).size());
  }

  @Override
  public TextCondition encodePrompts(List<TokenizedPrompt> prompts) {
    return engine.call(() -> parts.text().encode(parts.manager(), prompts));
  }

  @Override
  public TextCondition encodeNegativePrompts(List<TokenizedPrompt> prompts) {
    return engine.call(() -> PromptConditions.ofNegative(prompts, parts));
  }

  @Override
  public AddedTokens addTokens(Map<String, float[][]> added) {
    return engine.call(() -> tokens.add(added));
  }

  @Override
  public NDArray encodeImages(List<RgbImage> images, NoiseSource noise) {
    return engine.call(() -> ImageLatents.encode(parts, images, noise));
  }

  @Override
  public LatentDistribution encodePosteriors(List<RgbImage> images) {
    return engine.call(() -> ImageLatents.posteriors(parts, images));
  }

  @Override
  public List<RgbImage> decodeLatents(NDArray latents) {
    return engine.call(() -> ImageLatents.decode(parts, latents));
  }

  @Override
  public NDArray predict(
      NDArray latents, double[] timesteps, TextCondition condition, AttentionHooks hooks) {
    return engine.call(() -> parts.predict(latents, timesteps, condition, hooks));
  }

  @Override
  public void observe(
      NDArray latents, double[] timesteps, TextCondition condition, AttentionHooks hooks) {
    engine.run(
        () ->
            parts.told(
                condition,
                latents,
                all -> {
                  parts.unet().observe(latents, timesteps, all, hooks);
                  return null;
                }));
  }

  @Override
  public List<AttentionLayer> attentionSites() {
    return parts.unet().attentionSites();
  }

  @Override
  public NoiseSchedule noiseSchedule() {
    return parts.noiseSchedule();
  }

  @Override
  public ModelWeights weights() {
    return weights;
  }

  @Override
  public int[] latentShape() {
    int side = parts.unet().config().sampleSize();
    return new int[] {parts.unet().config().inChannels(), side, side};
  }

  @Override
  public int imageSize() {
    return parts.imageSize();
  }

  /** Whether an image of this size, in pixels, goes through the VAE in tiles. */
  public boolean inTiles(int width, int height) {
    return options.tiling().cuts(parts.vae().config(), height, width);
  }

  @Override
  public NoiseSource noise(long seed) {
    return new TorchGenerator(seed);
  }

  @Override
  public TrainingScope train(TrainingOptions trainingOptions) {
    return TrainingSession.open(engine, parts.ops(), weights.parameters(), trainingOptions);
  }

  @Override
  public InputGradients inputGradients(boolean checkpointing) {
    return ModelGradients.open(engine, parts.ops(), parts, checkpointing);
  }

  /** The pipeline and its components, for tests. */
  TextToImagePipeline pipeline() {
    return pipeline;
  }

  /** Frees the model and ends its thread; closing twice is once. */
  @Override
  public void close() throws IOException {
    if (!closed.getAndSet(true)) {
      Closing.all(List.<AutoCloseable>of(() -> engine.run(() -> parts.close()), engine));
    }
  }
}

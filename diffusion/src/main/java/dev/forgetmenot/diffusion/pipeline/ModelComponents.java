package dev.forgetmenot.diffusion.pipeline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.api.sampling.SizeCondition;
import dev.forgetmenot.api.training.InputGradients.Embedded;
import dev.forgetmenot.diffusion.engine.ComputePrecision;
import dev.forgetmenot.diffusion.engine.EngineThread;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.engine.TorchScriptOps;
import dev.forgetmenot.diffusion.schedule.DiscreteNoiseSchedule;
import dev.forgetmenot.diffusion.text.ClipTextEncoder;
import dev.forgetmenot.diffusion.tokenizer.ClipTokenizer;
import dev.forgetmenot.diffusion.training.DifferentiableModel;
import dev.forgetmenot.diffusion.unet.UNet2DConditionModel;
import dev.forgetmenot.diffusion.vae.AutoencoderKL;
import dev.forgetmenot.diffusion.weights.ModelParameters;
import dev.forgetmenot.files.Closing;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The components of a loaded model. For the engine thread; {@link #close} frees them all, and
 * closes the files that they came from.
 *
 * @param manager where the arrays of the model live
 * @param ops the operators of the UNet and the VAE
 * @param stored the files
 */
record ModelComponents(
    NDManager manager,
    Ops ops,
    TextEncoders text,
    UNet2DConditionModel unet,
    AutoencoderKL vae,
    ModelOnDisk stored)
    implements DifferentiableModel, AutoCloseable {

  /**
   * Makes the components ready on the engine thread that calls; their weights are read when they
   * are needed.
   *
   * @param stored belongs to the parts from then on, and is closed if they cannot be loaded
   * @param options say how weights are held and what is computed in
   */
  static ModelComponents load(ModelOnDisk stored, EngineThread engine, LoadOptions options)
      throws IOException {
    Deque<AutoCloseable> newestFirst = new ArrayDeque<>();
    try {
      newestFirst.push(stored);
      NDManager manager = engine.newManager();
      newestFirst.push(manager);
      ComputePrecision precision = options.compute().on(options.device()).precision();
      TorchScriptOps ops = TorchScriptOps.create(engine, precision);
      newestFirst.push(ops);
      ModelOnDisk.Parts parts = stored.parts();
      Function<String, ModelParameters> weights =
          component ->
              ModelParameters.of(
                  manager,
                  ops,
                  parts.tensors().get(component),
                  stored.shapes(component),
                  options.weights());
      List<TextEncoders.Part> encoders = new ArrayList<>();
      for (ModelOnDisk.TextPart part : parts.text()) {
        ClipTokenizer tokenizer = ClipTokenizer.read(part.tokenizer());
        newestFirst.push(tokenizer);
        encoders.add(
            new TextEncoders.Part(
                part.slot(),
                tokenizer,
                new ClipTextEncoder(
                    part.config(), weights.apply(part.slot().component()), ops.exact())));
      }
      return new ModelComponents(
          manager,
          ops,
          new TextEncoders(parts.architecture(), List.copyOf(encoders)),
          new UNet2DConditionModel(parts.unet(), weights.apply("unet"), ops),
          new AutoencoderKL(
              parts.vae(), weights.apply("vae"), ofVae(ops, precision, parts), options.tiling()),
          stored);
    } catch (IOException | RuntimeException | Error e) {
      Closing.after(e, newestFirst);
      throw e;
    }
  }

  /** The operators of the VAE, which are FLOAT32 where half precision would overflow. */
  static Ops ofVae(TorchScriptOps ops, ComputePrecision precision, ModelOnDisk.Parts parts) {
    return precision == ComputePrecision.F16 && parts.upcastsVae() ? ops.exact() : ops;
  }

  /**
   * Calls with a condition that has all that the UNet is told: where it lacks sizes, those of whole
   * images of the latents' size.
   */
  <T> T told(TextCondition condition, NDArray latents, Function<TextCondition, T> call) {
    if (unet.config().textTime().isEmpty() || condition.timeIds().isPresent()) {
      return call.apply(condition);
    }
    Shape shape = latents.getShape();
    int stride = vae.config().stride();
    int height = Math.toIntExact(shape.get(2) * stride);
    int width = Math.toIntExact(shape.get(3) * stride);
    float[] one = SizeCondition.NONE.timeIds(width, height);
    try (NDArray row = latents.getManager().create(one, new Shape(1, one.length));
        NDArray rows = row.repeat(0, condition.context().getShape().get(0))) {
      return call.apply(
          new TextCondition(condition.context(), condition.pooled(), Optional.of(rows)));
    }
  }

  @Override
  public Embedded embed(List<TokenizedPrompt> prompts) {
    return text.embed(manager, prompts);
  }

  @Override
  public TextCondition encode(Embedded rows) {
    return text.encode(rows);
  }

  @Override
  public NDArray predict(NDArray latents, double[] timesteps, TextCondition condition) {
    return predict(latents, timesteps, condition, AttentionHooks.NONE);
  }

  /** The same, watched. */
  NDArray predict(
      NDArray latents, double[] timesteps, TextCondition condition, AttentionHooks hooks) {
    return told(condition, latents, all -> unet.forward(latents, timesteps, all, hooks));
  }

  /** The tokenizer of the first text encoder. */
  ClipTokenizer tokenizer() {
    return text.first().tokenizer();
  }

  SchedulerConfig schedulerConfig() {
    return stored.parts().scheduler();
  }

  DiscreteNoiseSchedule noiseSchedule() {
    return stored.noiseSchedule();
  }

  /** Height and width of an image of the model's own size, in pixels. */
  int imageSize() {
    return unet.config().sampleSize() * vae.config().stride();
  }

  @Override
  public void close() throws IOException {
    List<AutoCloseable> all = new ArrayList<>();
    text.parts().forEach(part -> all.add(part.tokenizer()));
    all.addAll(List.of(ops, manager, stored));
    Closing.all(all);
  }
}

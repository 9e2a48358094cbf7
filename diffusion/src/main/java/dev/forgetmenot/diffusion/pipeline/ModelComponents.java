package dev.forgetmenot.diffusion.pipeline;

import ai.djl.ndarray.NDManager;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.diffusion.engine.ComputePrecision;
import dev.forgetmenot.diffusion.engine.EngineThread;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.engine.TorchScriptOps;
import dev.forgetmenot.diffusion.schedule.DiscreteNoiseSchedule;
import dev.forgetmenot.diffusion.text.ClipTextEncoder;
import dev.forgetmenot.diffusion.tokenizer.ClipTokenizer;
import dev.forgetmenot.diffusion.unet.UNet2DConditionModel;
import dev.forgetmenot.diffusion.vae.AutoencoderKL;
import dev.forgetmenot.diffusion.weights.ModelParameters;
import dev.forgetmenot.files.Closing;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
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
    ClipTokenizer tokenizer,
    ClipTextEncoder textEncoder,
    UNet2DConditionModel unet,
    AutoencoderKL vae,
    ModelOnDisk stored)
    implements AutoCloseable {

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
      ClipTokenizer tokenizer = ClipTokenizer.read(parts.tokenizer());
      newestFirst.push(tokenizer);
      Function<String, ModelParameters> weights =
          component ->
              ModelParameters.of(
                  manager,
                  ops,
                  parts.tensors().get(component),
                  stored.shapes(component),
                  options.weights());
      return new ModelComponents(
          manager,
          ops,
          tokenizer,
          new ClipTextEncoder(parts.textEncoder(), weights.apply("text_encoder"), ops.exact()),
          new UNet2DConditionModel(parts.unet(), weights.apply("unet"), ops),
          new AutoencoderKL(parts.vae(), weights.apply("vae"), ops, options.tiling()),
          stored);
    } catch (IOException | RuntimeException | Error e) {
      Closing.after(e, newestFirst);
      throw e;
    }
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
    Closing.all(List.of(tokenizer, ops, manager, stored));
  }
}

package dev.forgetmenot.diffusion.pipeline;

import ai.djl.ndarray.NDManager;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.diffusion.engine.EngineThread;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.engine.TorchOps;
import dev.forgetmenot.diffusion.schedule.DiscreteNoiseSchedule;
import dev.forgetmenot.diffusion.text.ClipTextEncoder;
import dev.forgetmenot.diffusion.tokenizer.ClipTokenizer;
import dev.forgetmenot.diffusion.unet.UNet2DConditionModel;
import dev.forgetmenot.diffusion.vae.AutoencoderKL;
import dev.forgetmenot.diffusion.weights.Weights;
import java.io.IOException;
import java.util.ArrayDeque;

/**
 * The components of a loaded model. For the engine thread; {@link #close} frees them all, and
 * closes the files that they came from.
 *
 * @param manager where the arrays of the model live
 * @param stored the files
 */
record ModelParts(
    NDManager manager,
    Ops ops,
    ClipTokenizer tokenizer,
    ClipTextEncoder textEncoder,
    UNet2DConditionModel unet,
    AutoencoderKL vae,
    StoredModel stored)
    implements AutoCloseable {

  /**
   * Loads the components on the engine thread that calls.
   *
   * @param stored belongs to the parts from then on, and is closed if they cannot be loaded
   */
  static ModelParts load(StoredModel stored, EngineThread engine) throws IOException {
    Opened opened = new Opened();
    try {
      opened.add(stored);
      NDManager manager = opened.add(engine.newManager());
      Ops ops = opened.add(TorchOps.create(engine));
      StoredModel.Parts parts = stored.parts();
      ClipTokenizer tokenizer = opened.add(ClipTokenizer.read(parts.tokenizer()));
      return new ModelParts(
          manager,
          ops,
          tokenizer,
          new ClipTextEncoder(parts.textEncoder(), weights(stored, "text_encoder", manager), ops),
          new UNet2DConditionModel(parts.unet(), weights(stored, "unet", manager), ops),
          new AutoencoderKL(parts.vae(), weights(stored, "vae", manager), ops),
          stored);
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  private static Weights weights(StoredModel stored, String component, NDManager manager)
      throws IOException {
    return Weights.load(manager, stored.parts().tensors().get(component), stored.shapes(component));
  }

  /** The model's scheduler configuration. */
  SchedulerConfig schedulerConfig() {
    return stored.parts().scheduler();
  }

  /** The forward process. */
  DiscreteNoiseSchedule noiseSchedule() {
    return stored.noiseSchedule();
  }

  /** Height and width of a picture of the model's own size, in pixels. */
  int pictureSize() {
    return unet.config().sampleSize() * vae.config().stride();
  }

  @Override
  public void close() throws IOException {
    tokenizer.close();
    ops.close();
    manager.close();
    stored.close();
  }

  /** What has been opened so far, to close it when the rest fails. */
  private static final class Opened implements AutoCloseable {
    private final ArrayDeque<AutoCloseable> newestFirst = new ArrayDeque<>();

    <T extends AutoCloseable> T add(T resource) {
      newestFirst.push(resource);
      return resource;
    }

    @Override
    public void close() throws IOException {
      while (!newestFirst.isEmpty()) {
        try {
          newestFirst.pop().close();
        } catch (IOException | RuntimeException e) {
          throw e;
        } catch (Exception e) {
          throw new IOException(e);
        }
      }
    }
  }
}

package dev.forgetmenot.diffusion.pipeline;

import ai.djl.ndarray.NDManager;
import dev.forgetmenot.api.model.BaseModel;
import dev.forgetmenot.api.sampling.SchedulerConfig;
import dev.forgetmenot.diffusion.engine.EngineThread;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.engine.TorchOps;
import dev.forgetmenot.diffusion.schedule.DiscreteNoiseSchedule;
import dev.forgetmenot.diffusion.schedule.SchedulerConfigReader;
import dev.forgetmenot.diffusion.text.ClipTextEncoder;
import dev.forgetmenot.diffusion.tokenizer.ClipTokenizer;
import dev.forgetmenot.diffusion.unet.UNet2DConditionModel;
import dev.forgetmenot.diffusion.vae.AutoencoderKL;
import dev.forgetmenot.diffusion.weights.BaseFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The components of a loaded model. For the engine thread; {@link #close} frees them all.
 *
 * @param manager where the arrays of the model live
 */
record ModelParts(
    NDManager manager,
    Ops ops,
    ClipTokenizer tokenizer,
    ClipTextEncoder textEncoder,
    UNet2DConditionModel unet,
    AutoencoderKL vae,
    SchedulerConfig schedulerConfig,
    DiscreteNoiseSchedule noiseSchedule,
    BaseFiles baseFiles)
    implements AutoCloseable {

  /** Loads the components of a folder on the engine thread that calls. */
  static ModelParts load(Path root, EngineThread engine) throws IOException {
    ModelFolder folder = ModelFolder.open(root);
    SchedulerConfig schedulerConfig = SchedulerConfigReader.read(folder.component("scheduler"));
    DiscreteNoiseSchedule noiseSchedule;
    try {
      noiseSchedule = new DiscreteNoiseSchedule(schedulerConfig);
    } catch (IllegalArgumentException e) {
      throw new IOException(folder.component("scheduler") + ": " + e.getMessage(), e);
    }
    Opened opened = new Opened();
    try {
      NDManager manager = opened.add(engine.newManager());
      Ops ops = opened.add(TorchOps.create(engine));
      ClipTokenizer tokenizer = opened.add(ClipTokenizer.read(folder.component("tokenizer")));
      ClipTextEncoder textEncoder =
          ClipTextEncoder.load(folder.component("text_encoder"), manager, ops);
      UNet2DConditionModel unet = UNet2DConditionModel.load(folder.component("unet"), manager, ops);
      AutoencoderKL vae = AutoencoderKL.load(folder.component("vae"), manager, ops);
      BaseFiles files = opened.add(new BaseFiles());
      files.open(
          folder.component("unet"), "unet", UNet2DConditionModel.parameterShapes(unet.config()));
      files.open(
          folder.component("text_encoder"),
          "text_encoder",
          ClipTextEncoder.parameterShapes(textEncoder.config()));
      files.open(folder.component("vae"), "vae", AutoencoderKL.parameterShapes(vae.config()));
      return new ModelParts(
          manager, ops, tokenizer, textEncoder, unet, vae, schedulerConfig, noiseSchedule, files);
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /** The base as its files hold it; readable as long as the parts are open. */
  BaseModel base(Path folder) {
    return new BaseModel(
        baseFiles,
        List.of(tokenizer.vocabSha256(), tokenizer.mergesSha256()),
        Architecture.of(baseFiles, noiseSchedule),
        String.valueOf(folder.toAbsolutePath().normalize().getFileName()));
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
    baseFiles.close();
  }

  /** What has been opened so far, to close it when the rest fails. */
  private static final class Opened implements AutoCloseable {
    private final java.util.ArrayDeque<AutoCloseable> newestFirst = new java.util.ArrayDeque<>();

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

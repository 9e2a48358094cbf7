package dev.forgetmenot.studio.draw;

import dev.forgetmenot.diffusion.engine.ComputePrecision;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.testkit.EmbeddedModel;
import java.io.IOException;

/** The embedded model as a server has it. */
public final class EmbeddedServed {
  private EmbeddedServed() {}

  /** A model that cannot be loaded; the caller closes it. */
  public static ServedModel missing() {
    return new ServedModel(
        "none",
        () -> {
          throw new IOException("there is none");
        });
  }

  /** Begins to load it, in float32 on the CPU; the caller closes it. */
  public static ServedModel load() {
    return new ServedModel(
        "emoji",
        () ->
            new NamedModel(
                StableDiffusion.load(EmbeddedModel.folder(), LoadOptions.defaults()),
                "emoji",
                ComputePrecision.F32.on("cpu")));
  }
}

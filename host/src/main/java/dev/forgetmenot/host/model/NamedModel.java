package dev.forgetmenot.host.model;

import dev.forgetmenot.diffusion.engine.ComputePrecision;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import java.io.IOException;

/**
 * A loaded model and its name. {@link #close} frees it.
 *
 * @param model the model
 * @param name its name for people
 * @param compute what the products of the UNet and the VAE are computed in
 */
public record NamedModel(StableDiffusion model, String name, ComputePrecision.Choice compute)
    implements AutoCloseable {
  @Override
  public void close() throws IOException {
    model.close();
  }
}

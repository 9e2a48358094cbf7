package dev.forgetmenot.host.job;

import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import java.io.IOException;
import java.util.List;

/**
 * A loaded model with what a patch's manifest says of its base. {@link #close} frees it.
 *
 * @param model the model
 * @param name its name for people
 * @param base the base as its files hold it
 * @param tokenizerDigests SHA-256 of vocab.json and merges.txt, hex
 */
public record HostedModel(
    StableDiffusion model, String name, BaseTensors base, List<String> tokenizerDigests)
    implements AutoCloseable {
  @Override
  public void close() throws IOException {
    model.close();
  }
}

package dev.forgetmenot.host.job;

import dev.forgetmenot.api.model.ModelExtension;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.sampling.SamplerProvider;
import dev.forgetmenot.api.sampling.SamplingExtension;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.host.plugin.HostPluginManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Loads a model folder with everything that the plugins bring to its doors.
 *
 * @param folder the model
 * @param device {@code cpu} or {@code cuda:N}
 * @param plugins started plugins; they must stay open as long as a loaded model
 */
public record ModelLoader(Path folder, String device, HostPluginManager plugins) {
  /** The name of the model for people: its folder's. */
  public String name() {
    return String.valueOf(folder.toAbsolutePath().normalize().getFileName());
  }

  /**
   * Loads the model; the caller closes it.
   *
   * @param patches patches to put on it, in order
   * @throws IOException if the folder is missing or broken, or a patch does not fit
   */
  public HostedModel load(List<PatchRequest> patches) throws IOException {
    LoadOptions options =
        LoadOptions.defaults()
            .onDevice(device)
            .patched(patches, plugins.inDoor(ModelExtension.class))
            .sampled(
                plugins.inDoor(SamplingExtension.class), plugins.inDoor(SamplerProvider.class));
    return new HostedModel(StableDiffusion.load(folder, options), name());
  }
}

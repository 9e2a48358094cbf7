package dev.forgetmenot.host.model;

import dev.forgetmenot.api.model.ModelExtension;
import dev.forgetmenot.api.model.PatchLibrary;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.sampling.SamplerProvider;
import dev.forgetmenot.api.sampling.SamplingExtension;
import dev.forgetmenot.diffusion.engine.ComputePrecision;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.ModelOnDisk;
import dev.forgetmenot.diffusion.pipeline.ReadingOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.diffusion.vae.VaeTiling;
import dev.forgetmenot.diffusion.weights.WeightPrecision;
import dev.forgetmenot.host.plugin.HostPluginManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Loads a model with everything that the plugins bring to its extension points.
 *
 * @param folder the model: a folder, or a safetensors file
 * @param device {@code cpu} or {@code cuda:N}
 * @param plugins started plugins; they must stay open as long as a loaded model
 * @param reading how the model's files are read
 * @param weights how the weights are held in memory
 * @param compute what the products of the UNet and the VAE are computed in
 * @param tiling which images go through the VAE in tiles
 */
public record ModelLoader(
    Path folder,
    String device,
    HostPluginManager plugins,
    ReadingOptions reading,
    WeightPrecision weights,
    ComputePrecision compute,
    VaeTiling tiling) {
  /** Loads a model that predicts what its files say, with weights in FLOAT32. */
  public ModelLoader(Path folder, String device, HostPluginManager plugins) {
    this(
        folder,
        device,
        plugins,
        ReadingOptions.DEFAULT,
        WeightPrecision.F32,
        ComputePrecision.F32,
        VaeTiling.OFF);
  }

  /** The same with products computed in another precision. */
  public ModelLoader computing(ComputePrecision precision) {
    return new ModelLoader(folder, device, plugins, reading, weights, precision, tiling);
  }

  /** The same with other images cut into tiles for the VAE. */
  public ModelLoader tiling(VaeTiling which) {
    return new ModelLoader(folder, device, plugins, reading, weights, compute, which);
  }

  /** The name of the model for people: that of its folder or file. */
  public String name() {
    return ModelOnDisk.label(folder);
  }

  /**
   * Loads the model; the caller closes it.
   *
   * @param patches patches to put on it, in order
   * @throws IOException if the folder is missing or broken, or a patch does not fit
   * @throws IllegalArgumentException if the device does not compute in the precision
   */
  public NamedModel load(List<PatchRequest> patches) throws IOException {
    return load(patches, PatchLibrary.NONE);
  }

  /**
   * The same for prompts that name patches.
   *
   * @param library finds them; stays open as long as the model
   */
  public NamedModel load(List<PatchRequest> patches, PatchLibrary library) throws IOException {
    ComputePrecision.Choice choice = compute.on(device);
    LoadOptions options =
        LoadOptions.defaults()
            .onDevice(device)
            .reading(reading)
            .holding(weights)
            .computing(choice.precision())
            .tiling(tiling)
            .naming(library)
            .patched(patches, plugins.extensions(ModelExtension.class))
            .sampled(
                plugins.extensions(SamplingExtension.class),
                plugins.extensions(SamplerProvider.class));
    return new NamedModel(StableDiffusion.load(folder, options), name(), choice);
  }
}

package dev.forgetmenot.diffusion.pipeline;

import dev.forgetmenot.api.model.ModelExtension;
import dev.forgetmenot.api.model.PatchLibrary;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.sampling.SamplerProvider;
import dev.forgetmenot.api.sampling.SamplingExtension;
import dev.forgetmenot.diffusion.engine.ComputePrecision;
import dev.forgetmenot.diffusion.vae.VaeTiling;
import dev.forgetmenot.diffusion.weights.WeightPrecision;
import java.util.List;

/**
 * How a model is loaded and who takes part.
 *
 * @param device {@code cpu}, {@code cuda} or {@code cuda:N}
 * @param patches patches to put on the model, in order; an extension must take each
 * @param modelExtensions called once the model is loaded, in order
 * @param samplingExtensions asked at the beginning of each generation, in order
 * @param samplers more samplers than the built-in ones
 * @param reading how the model's files are read
 * @param weights how the weights are held in memory
 * @param compute what the products of the UNet and the VAE are computed in
 * @param tiling which images go through the VAE in tiles
 * @param library finds patches that sampling extensions ask for by name
 */
public record LoadOptions(
    String device,
    List<PatchRequest> patches,
    List<ModelExtension> modelExtensions,
    List<SamplingExtension> samplingExtensions,
    List<SamplerProvider> samplers,
    ReadingOptions reading,
    WeightPrecision weights,
    ComputePrecision compute,
    VaeTiling tiling,
    PatchLibrary library) {

  /** Copies the lists. */
  public LoadOptions {
    patches = List.copyOf(patches);
    modelExtensions = List.copyOf(modelExtensions);
    samplingExtensions = List.copyOf(samplingExtensions);
    samplers = List.copyOf(samplers);
  }

  /** On the CPU, as the folder has it. */
  public static LoadOptions defaults() {
    return new LoadOptions(
        "cpu",
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        ReadingOptions.DEFAULT,
        WeightPrecision.F32,
        ComputePrecision.F32,
        VaeTiling.AUTO,
        PatchLibrary.NONE);
  }

  /** The same on another device. */
  public LoadOptions onDevice(String name) {
    return new LoadOptions(
        name,
        patches,
        modelExtensions,
        samplingExtensions,
        samplers,
        reading,
        weights,
        compute,
        tiling,
        library);
  }

  /** The same with patches and those who put them on. */
  public LoadOptions patched(List<PatchRequest> requests, List<ModelExtension> extensions) {
    return new LoadOptions(
        device,
        requests,
        extensions,
        samplingExtensions,
        samplers,
        reading,
        weights,
        compute,
        tiling,
        library);
  }

  /** The same with those who take part in sampling. */
  public LoadOptions sampled(List<SamplingExtension> extensions, List<SamplerProvider> providers) {
    return new LoadOptions(
        device,
        patches,
        modelExtensions,
        extensions,
        providers,
        reading,
        weights,
        compute,
        tiling,
        library);
  }

  /** The same with the model's files read in another way. */
  public LoadOptions reading(ReadingOptions options) {
    return new LoadOptions(
        device,
        patches,
        modelExtensions,
        samplingExtensions,
        samplers,
        options,
        weights,
        compute,
        tiling,
        library);
  }

  /** The same with the weights held in another way. */
  public LoadOptions holding(WeightPrecision precision) {
    return new LoadOptions(
        device,
        patches,
        modelExtensions,
        samplingExtensions,
        samplers,
        reading,
        precision,
        compute,
        tiling,
        library);
  }

  /** The same with products computed in another precision. */
  public LoadOptions computing(ComputePrecision precision) {
    return new LoadOptions(
        device,
        patches,
        modelExtensions,
        samplingExtensions,
        samplers,
        reading,
        weights,
        precision,
        tiling,
        library);
  }

  /** The same with patches that can be named in prompts. */
  public LoadOptions naming(PatchLibrary patchLibrary) {
    return new LoadOptions(
        device,
        patches,
        modelExtensions,
        samplingExtensions,
        samplers,
        reading,
        weights,
        compute,
        tiling,
        patchLibrary);
  }

  /** The same with other images cut into tiles for the VAE. */
  public LoadOptions tiling(VaeTiling which) {
    return new LoadOptions(
        device,
        patches,
        modelExtensions,
        samplingExtensions,
        samplers,
        reading,
        weights,
        compute,
        which,
        library);
  }
}

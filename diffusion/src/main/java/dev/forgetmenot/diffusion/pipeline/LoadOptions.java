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
import java.util.function.Consumer;

/**
 * How a model is loaded and who takes part. Immutable: each method that changes something gives
 * other options.
 */
public final class LoadOptions {
  private static final LoadOptions DEFAULTS = new LoadOptions();

  private String device = "cpu";
  private List<PatchRequest> patches = List.of();
  private List<ModelExtension> modelExtensions = List.of();
  private List<SamplingExtension> samplingExtensions = List.of();
  private List<SamplerProvider> samplers = List.of();
  private ReadingOptions reading = ReadingOptions.DEFAULT;
  private WeightPrecision weights = WeightPrecision.F32;
  private ComputePrecision compute = ComputePrecision.F32;
  private VaeTiling tiling = VaeTiling.OFF;
  private PatchLibrary library = PatchLibrary.NONE;

  private LoadOptions() {}

  /** On the CPU, as the folder has it. */
  public static LoadOptions defaults() {
    return DEFAULTS;
  }

  /** A copy, changed before anyone else sees it. */
  private LoadOptions with(Consumer<LoadOptions> change) {
    LoadOptions copy = new LoadOptions();
    copy.device = device;
    copy.patches = patches;
    copy.modelExtensions = modelExtensions;
    copy.samplingExtensions = samplingExtensions;
    copy.samplers = samplers;
    copy.reading = reading;
    copy.weights = weights;
    copy.compute = compute;
    copy.tiling = tiling;
    copy.library = library;
    change.accept(copy);
    return copy;
  }

  /** The same on another device: {@code cpu}, {@code cuda} or {@code cuda:N}. */
  public LoadOptions onDevice(String name) {
    return with(copy -> copy.device = name);
  }

  /**
   * The same with patches and those who put them on.
   *
   * @param requests patches to put on the model, in order; an extension must take each
   * @param extensions called once the model is loaded, in order
   */
  public LoadOptions patched(List<PatchRequest> requests, List<ModelExtension> extensions) {
    return with(
        copy -> {
          copy.patches = List.copyOf(requests);
          copy.modelExtensions = List.copyOf(extensions);
        });
  }

  /**
   * The same with those who take part in sampling.
   *
   * @param extensions asked at the beginning of each generation, in order
   * @param providers more samplers than the built-in ones
   */
  public LoadOptions sampled(List<SamplingExtension> extensions, List<SamplerProvider> providers) {
    return with(
        copy -> {
          copy.samplingExtensions = List.copyOf(extensions);
          copy.samplers = List.copyOf(providers);
        });
  }

  /** The same with the model's files read in another way. */
  public LoadOptions reading(ReadingOptions options) {
    return with(copy -> copy.reading = options);
  }

  /** The same with the weights held in memory in another way. */
  public LoadOptions holding(WeightPrecision precision) {
    return with(copy -> copy.weights = precision);
  }

  /** The same with the products of the UNet and the VAE computed in another precision. */
  public LoadOptions computing(ComputePrecision precision) {
    return with(copy -> copy.compute = precision);
  }

  /** The same with patches that sampling extensions can ask for by name. */
  public LoadOptions naming(PatchLibrary patchLibrary) {
    return with(copy -> copy.library = patchLibrary);
  }

  /** The same with other images cut into tiles for the VAE. */
  public LoadOptions tiling(VaeTiling which) {
    return with(copy -> copy.tiling = which);
  }

  String device() {
    return device;
  }

  List<PatchRequest> patches() {
    return patches;
  }

  List<ModelExtension> modelExtensions() {
    return modelExtensions;
  }

  List<SamplingExtension> samplingExtensions() {
    return samplingExtensions;
  }

  List<SamplerProvider> samplers() {
    return samplers;
  }

  ReadingOptions reading() {
    return reading;
  }

  WeightPrecision weights() {
    return weights;
  }

  ComputePrecision compute() {
    return compute;
  }

  VaeTiling tiling() {
    return tiling;
  }

  PatchLibrary library() {
    return library;
  }
}

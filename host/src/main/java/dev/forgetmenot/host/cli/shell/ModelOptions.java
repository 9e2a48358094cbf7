package dev.forgetmenot.host.cli.shell;

import dev.forgetmenot.diffusion.engine.ComputePrecision;
import dev.forgetmenot.diffusion.pipeline.ReadingOptions;
import dev.forgetmenot.diffusion.vae.VaeTiling;
import dev.forgetmenot.diffusion.weights.WeightPrecision;
import dev.forgetmenot.host.model.InstallDirectory;
import dev.forgetmenot.host.model.ModelLoader;
import dev.forgetmenot.host.plugin.HostPluginManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of every command that loads a model. */
public final class ModelOptions {
  @Option(
      names = "--model",
      paramLabel = "DIR|FILE",
      description =
          "Stable Diffusion 1.x, 2.x or XL: a folder in diffusers' layout, or one safetensors "
              + "file (default: the model that comes with the program).")
  private Path model;

  @Mixin private ReadingArguments reading;

  @Option(
      names = "--weight-dtype",
      paramLabel = "TYPE",
      defaultValue = "f32",
      description =
          "How weights are held in memory: f32, or half for the 16 bits of the file (32-bit files "
              + "are rounded), which takes half of the memory; computed in f32 (default: "
              + "${DEFAULT-VALUE}).")
  private WeightPrecision weights;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "cpu",
      description = "cpu or cuda:N (default: ${DEFAULT-VALUE}).")
  private String device;

  @Mixin ThreadOptions threads; // for picocli alone

  @Mixin private PluginOptions plugins;

  /** The options of plugins. */
  public PluginOptions plugins() {
    return plugins;
  }

  /** Loads {@link #folder}. */
  public ModelLoader loader(HostPluginManager manager) throws IOException {
    return loader(folder(), manager);
  }

  /** Loads another folder than {@link #folder} on the same device. */
  public ModelLoader loader(Path chosen, HostPluginManager manager) {
    return new ModelLoader(
        chosen, device, manager, reading.options(), weights, ComputePrecision.F32, VaeTiling.OFF);
  }

  /** What the command line names. */
  public Optional<Path> given() {
    return Optional.ofNullable(model);
  }

  /** How the files of {@link #folder} are read. */
  public ReadingOptions reading() {
    return reading.options();
  }

  /** {@code cpu} or {@code cuda:N}. */
  public String device() {
    return device;
  }

  /**
   * The model that the command line names, or the one that comes with the program.
   *
   * @throws IOException if none is named and none came
   */
  public Path folder() throws IOException {
    return model != null ? model : InstallDirectory.ofProcess().defaultModel();
  }
}

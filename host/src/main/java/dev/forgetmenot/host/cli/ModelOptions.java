package dev.forgetmenot.host.cli;

import dev.forgetmenot.host.job.HostHome;
import dev.forgetmenot.host.job.ModelLoader;
import dev.forgetmenot.host.plugin.HostPluginManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of every command that loads a model. */
final class ModelOptions {
  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = {
        "A Stable Diffusion 1.x or 2.x folder in diffusers' layout",
        "(default: the model that comes with the program)."
      })
  private Path model;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "cpu",
      description = "cpu or cuda:N (default: ${DEFAULT-VALUE}).")
  private String device;

  @Mixin private PluginOptions plugins;

  PluginOptions plugins() {
    return plugins;
  }

  ModelLoader loader(HostPluginManager manager) throws IOException {
    return loader(folder(), manager);
  }

  /** Loads another folder than {@link #folder} on the same device. */
  ModelLoader loader(Path chosen, HostPluginManager manager) {
    return new ModelLoader(chosen, device, manager);
  }

  /** What the command line names. */
  Optional<Path> given() {
    return Optional.ofNullable(model);
  }

  String device() {
    return device;
  }

  Path folder() throws IOException {
    return model != null ? model : HostHome.ofProcess().defaultModel();
  }
}

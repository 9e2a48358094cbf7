package dev.forgetmenot.host.cli.patch;

import dev.forgetmenot.diffusion.pipeline.ReadingOptions;
import dev.forgetmenot.host.cli.shell.ReadingArguments;
import dev.forgetmenot.host.model.InstallDirectory;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of commands that work on the files of a base, without an engine. */
final class BaseOptions {
  @Option(
      names = "--model",
      paramLabel = "PATH",
      description =
          "The base: a Stable Diffusion 1.x, 2.x or XL folder in diffusers' layout, or a "
              + "checkpoint (default: the model that comes with the program).")
  private Path model;

  @Mixin private ReadingArguments reading;

  /**
   * The base.
   *
   * @throws IOException if none is named and none came with the program
   */
  Path path() throws IOException {
    return model != null ? model : InstallDirectory.ofProcess().defaultModel();
  }

  /** How its files are read. */
  ReadingOptions reading() {
    return reading.options();
  }
}

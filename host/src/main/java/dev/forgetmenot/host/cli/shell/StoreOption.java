package dev.forgetmenot.host.cli.shell;

import dev.forgetmenot.host.evaluate.StoreFolder;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The option of every command that keeps the images that it draws to measure. */
public final class StoreOption {
  @Option(
      names = "--store",
      paramLabel = "DIR",
      description =
          "Where drawn images are kept for all evaluations (default: the variable FMN_STORE, else a"
              + " folder of the user's cache).")
  private Path store;

  /** The given folder, or the user's. */
  public Path folder() {
    return StoreFolder.of(Optional.ofNullable(store));
  }
}

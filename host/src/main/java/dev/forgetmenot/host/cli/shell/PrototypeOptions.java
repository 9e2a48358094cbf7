package dev.forgetmenot.host.cli.shell;

import dev.forgetmenot.host.evaluate.PrototypeImages;
import dev.forgetmenot.host.model.ModelLoader;
import java.nio.file.Path;
import java.util.OptionalInt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The images by which a report gets a second judge. */
@Command
public final class PrototypeOptions {
  @Option(
      names = "--prototypes",
      paramLabel = "N",
      description =
          "Images of each concept that the base draws for the second judge, once for a model; 0 for"
              + " one judge (default: 4, or 0 for images of 256 x 256 or more).")
  private Integer each; // null where nothing is said

  @Mixin private StoreOption store;

  /** Where images are kept. */
  public Path store() {
    return store.folder();
  }

  /**
   * The images of a model.
   *
   * @throws IllegalArgumentException if the number is 1 or negative
   */
  public PrototypeImages of(ModelLoader loader) {
    return new PrototypeImages(
        loader, store.folder(), each == null ? OptionalInt.empty() : OptionalInt.of(each));
  }
}

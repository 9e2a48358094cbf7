package dev.forgetmenot.host.cli;

import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The model that the repository carries. */
final class TestModel {
  private TestModel() {}

  /** The folder that {@code models/default} names, or else the first with a model in it. */
  static Path folder() {
    try (var entries = Files.list(GoldenFolders.inProject("samples/models"))) {
      return entries
          .filter(entry -> Files.isRegularFile(entry.resolve("model_index.json")))
          .sorted()
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}

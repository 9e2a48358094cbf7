package dev.forgetmenot.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The model that the repository carries. */
public final class EmbeddedModel {
  private EmbeddedModel() {}

  /** Its folder. */
  public static Path folder() {
    try (var entries = Files.list(GoldenFolders.inProject("samples/models"))) {
      return entries
          .filter(entry -> Files.isRegularFile(entry.resolve("model_index.json")))
          .sorted()
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

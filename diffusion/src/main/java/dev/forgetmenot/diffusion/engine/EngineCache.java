package dev.forgetmenot.diffusion.engine;

import ai.djl.engine.EngineException;
import ai.djl.util.Utils;
import dev.forgetmenot.files.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The folder into which DJL unpacks native code when it first needs it.
 *
 * @param folder it may not be there yet
 */
public record EngineCache(Path folder) {
  /**
   * That of PyTorch, about 450 MB, in {@code DJL_CACHE_DIR} or {@code .djl.ai} of the home folder.
   */
  public static EngineCache ofEngine() {
    return new EngineCache(Utils.getEngineCacheDir("pytorch"));
  }

  /** That of the tokenizers, beside the engine's. */
  public static EngineCache ofTokenizers() {
    return new EngineCache(Utils.getEngineCacheDir("tokenizers"));
  }

  /** Whether native code of a version was unpacked before. */
  boolean holds(String version, String flavour) {
    try (var entries = Files.list(folder)) {
      return entries.anyMatch(
          entry -> entry.getFileName().toString().startsWith(version + "-" + flavour + "-"));
    } catch (IOException e) {
      return false; // not there yet, or not to be read
    }
  }

  /** Why nothing can be written to the folder, by trying; empty if it can. */
  public Optional<String> obstacle() {
    try {
      Files.createDirectories(folder);
      Files.delete(Files.createTempFile(folder, "fmn", ".tmp"));
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(e.getClass().getSimpleName() + ": " + e.getMessage());
    }
  }

  /**
   * What a failed start of native code means for a user, and what to do about it.
   *
   * @param library what could not start, at the beginning of a sentence
   */
  public EngineException explain(String library, Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    String said = String.valueOf(root.getMessage()).lines().findFirst().orElse("");
    String reason = obstacle().orElse(root.getClass().getSimpleName() + ": " + said);
    return new EngineException(
        Message.of(
            "%s cannot start. Its native library is unpacked once into %s, and run from there: %s."
                + " Make that folder writable, with space and without noexec, or let the"
                + " variable DJL_CACHE_DIR name another",
            library, folder, reason),
        failure);
  }
}

package dev.forgetmenot.host.evaluate;

import dev.forgetmenot.files.UserFolder;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Where the images of evaluations are kept for all commands: docs/evaluation.md. */
public final class StoreFolder {
  /** The environment variable that names another folder than the user's. */
  public static final String VARIABLE = "FMN_STORE";

  private StoreFolder() {}

  /** The folder that is named, that {@link #VARIABLE} names, or that of the user's cache. */
  public static Path of(Optional<Path> named) {
    return named.orElseGet(
        () ->
            place(System.getenv(), System.getProperty("os.name"), System.getProperty("user.home")));
  }

  /** {@code FMN_STORE}, or in {@code %LOCALAPPDATA%}, {@code XDG_CACHE_HOME} or ~/.cache. */
  static Path place(Map<String, String> environment, String system, String home) {
    String own = environment.getOrDefault(VARIABLE, "");
    if (!own.isEmpty()) {
      return Path.of(own);
    }
    return UserFolder.CACHE.place(environment, system, home).resolve("store");
  }
}

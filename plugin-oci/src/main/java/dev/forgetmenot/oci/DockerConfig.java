package dev.forgetmenot.oci;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.forgetmenot.files.JsonText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What {@code docker login} and {@code oras login} leave: users and passwords of registries in
 * {@code config.json}. Programs that keep passwords (credential helpers) are not run.
 *
 * @param file config.json; it may be missing
 */
record DockerConfig(Path file) {
  private static final String HUB = "docker.io";
  private static final String HUB_KEY = "index.docker.io";

  /** The file of this user. */
  static DockerConfig ofUser(Map<String, String> environment, String home) {
    String folder = environment.getOrDefault("DOCKER_CONFIG", "");
    return new DockerConfig(
        (folder.isEmpty() ? Path.of(home, ".docker") : Path.of(folder)).resolve("config.json"));
  }

  /**
   * The user of a registry.
   *
   * @param registry host and port as in a reference
   * @return empty if there is none, or none with a password in the file
   * @throws IOException if the file is not JSON
   */
  Optional<Credentials> of(String registry) throws IOException {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    if (!(JsonText.object(file).get("auths") instanceof JsonObject auths)) {
      return Optional.empty();
    }
    String name = registry.equals(HUB) ? HUB_KEY : registry;
    Pattern key = Pattern.compile("(?i)(https?://)?" + Pattern.quote(name) + "(/|/v[12]/?)?");
    for (Map.Entry<String, JsonElement> entry : auths.entrySet()) {
      if (key.matcher(entry.getKey()).matches() && entry.getValue() instanceof JsonObject known) {
        return read(known);
      }
    }
    return Optional.empty();
  }

  private Optional<Credentials> read(JsonObject known) throws IOException {
    JsonElement auth = known.get("auth");
    if (auth == null || !auth.isJsonPrimitive() || auth.getAsString().isEmpty()) {
      return Optional.empty(); // a helper keeps it
    }
    try {
      String both =
          new String(Base64.getDecoder().decode(auth.getAsString()), StandardCharsets.UTF_8);
      int colon = both.indexOf(':');
      if (colon > 0) {
        return Optional.of(new Credentials(both.substring(0, colon), both.substring(colon + 1)));
      }
    } catch (IllegalArgumentException e) {
      // said below, without what stands there
    }
    throw new IOException(
        file
            + " has an 'auth' that is not user:password in Base64: log in again, or give --username");
  }
}

package dev.forgetmenot.studio.patch;

import com.google.gson.JsonObject;
import dev.forgetmenot.keys.KeyFile;
import dev.forgetmenot.keys.SigningKey;
import dev.forgetmenot.patching.trust.TrustStore;
import dev.forgetmenot.patching.trust.TrustedKey;
import dev.forgetmenot.studio.http.HttpAnswer;
import dev.forgetmenot.studio.http.HttpCall;
import dev.forgetmenot.studio.http.HttpProblem;
import dev.forgetmenot.studio.http.JsonFields;
import dev.forgetmenot.studio.http.Route;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The key by which a server signs patches: the one that it was started with, else one that was made
 * over its API, which is kept with its state and trusted under a name from then on. Any thread.
 */
public final class ServerKey {
  private static final int MOST_CHARACTERS = 96; // of a name, as TrustedKey has them

  private final Path kept;
  private final TrustStore trust;
  private SigningKey key; // null until there is one

  private ServerKey(Path kept, TrustStore trust, SigningKey key) {
    this.kept = kept;
    this.trust = trust;
    this.key = key;
  }

  /**
   * The key of a server.
   *
   * @param kept where one that is made is kept; the public half lies beside it
   * @param trust where a key that is made is trusted
   * @param given the one that the user named, which counts before one that is kept
   * @throws dev.forgetmenot.keys.KeyRefusedException if the kept file holds something else
   */
  public static ServerKey of(Path kept, TrustStore trust, Optional<SigningKey> given)
      throws IOException {
    if (given.isPresent() || Files.notExists(kept)) {
      return new ServerKey(kept, trust, given.orElse(null));
    }
    return new ServerKey(kept, trust, KeyFile.readPrivate(kept));
  }

  synchronized Optional<SigningKey> key() {
    return Optional.ofNullable(key);
  }

  /**
   * The routes of the key.
   *
   * @param here such as {@code /api/v1/key}
   */
  public List<Route> routes(String here) {
    return List.of(
        Route.of("GET", here, call -> HttpAnswer.json(json())),
        Route.of("POST", here, this::make),
        Route.of("GET", here + "/public", call -> publicHalf()));
  }

  private JsonObject json() throws IOException {
    JsonObject json = new JsonObject();
    if (key().isPresent()) {
      String id = key().get().verification().id();
      json.addProperty("id", id);
      trust.read().trusted(id).ifPresent(known -> json.addProperty("label", known.label()));
    }
    return json;
  }

  private synchronized HttpAnswer make(HttpCall call) throws HttpProblem, IOException {
    String label = new JsonFields(call.json()).text("label", MOST_CHARACTERS).strip();
    if (key != null) {
      throw new HttpProblem(
          409, "FMN-815", "the server has a key already, " + key.verification().id());
    }
    SigningKey made = SigningKey.generate();
    TrustedKey own;
    try {
      own = new TrustedKey(made.verification(), label, TrustStore.now(), false);
    } catch (IllegalArgumentException e) {
      throw HttpProblem.unfit("label: " + e.getMessage());
    }
    KeyFile.write(kept, made);
    trust.update(records -> records.with(own));
    key = made;
    return HttpAnswer.json(201, json());
  }

  private HttpAnswer publicHalf() throws HttpProblem {
    byte[] file =
        KeyFile.text(key().orElseThrow(ServerKey::missing).verification())
            .getBytes(StandardCharsets.US_ASCII);
    return HttpAnswer.bytes(Route.BINARY, file)
        .with(
            "Content-Disposition",
            "attachment; filename=\"" + kept.getFileName() + KeyFile.PUBLIC_SUFFIX + "\"");
  }

  static HttpProblem missing() {
    return new HttpProblem(
        409,
        "FMN-813",
        "the server has no key to sign with: make one on its page, or start it with --key FILE");
  }
}

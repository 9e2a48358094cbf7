package dev.forgetmenot.oci;

import com.google.gson.JsonObject;
import dev.forgetmenot.files.JsonText;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.cli.shell.RemoteFailure;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Answers a registry that asks who one is: by the user's name and password, or by a token that the
 * registry's own site gives for them. What is asked of the token is said here and not by the
 * registry.
 */
final class Authenticator {
  private static final int LONGEST = 8192;

  private static final Pattern BEARER = Pattern.compile("(?i)(^|[,\\s])Bearer\\s+(.*)");
  private static final Pattern BASIC = Pattern.compile("(?i)(^|[,\\s])Basic(\\s|$)");
  private static final Pattern PARAMETER = Pattern.compile("(\\w+)=\"([^\"]*)\"");
  private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]+");

  private final HttpCalls calls;
  private final Origin registry;
  private final String scope;
  private final Optional<Credentials> credentials;

  /**
   * For one repository.
   *
   * @param scope what a token is to allow, as {@code repository:team/patches:pull}
   * @param credentials of the user for this registry; empty for a guest
   */
  Authenticator(HttpCalls calls, Origin registry, String scope, Optional<Credentials> credentials) {
    this.calls = calls;
    this.registry = registry;
    this.scope = scope;
    this.credentials = credentials;
  }

  /**
   * What to send in the header Authorization.
   *
   * @param refusal an answer 401 of the registry
   * @throws RemoteFailure if there is nothing that may be sent
   */
  String answer(Answer refusal) throws IOException {
    List<String> challenges = refusal.headers().allValues("WWW-Authenticate");
    for (String challenge : challenges) {
      Matcher bearer = BEARER.matcher(challenge);
      if (challenge.length() <= LONGEST && bearer.find()) {
        return "Bearer " + token(bearer.group(2));
      }
    }
    if (challenges.stream().anyMatch(challenge -> BASIC.matcher(challenge).find())
        && credentials.isPresent()) {
      return credentials.get().basic();
    }
    throw refused(refusal.said());
  }

  /** Who is refused, and what to do. */
  RemoteFailure refused(String said) {
    return new RemoteFailure(
        credentials.isPresent()
            ? Message.of(
                "%s refuses the user %s for %s%s: check name, password and what this user may",
                registry, credentials.get().user(), scope, said)
            : Message.of(
                "%s lets no guest do %s%s: give --username and --password-stdin, or log in by"
                    + " docker or oras; what a credential helper keeps is not read",
                registry, scope, said));
  }

  private String token(String parameters) throws IOException {
    String realm = parameter(parameters, "realm");
    String service = parameter(parameters, "service");
    URI place = realm(realm);
    String query =
        "scope="
            + URLEncoder.encode(scope, StandardCharsets.UTF_8)
            + (service.isEmpty()
                ? ""
                : "&service=" + URLEncoder.encode(service, StandardCharsets.UTF_8));
    URI asked = URI.create(place + (place.getRawQuery() == null ? "?" : "&") + query);
    Answer answer =
        calls.send(
            Call.of("GET", asked, Call.SMALL), credentials.map(Credentials::basic).orElse(""));
    if (answer.status() == Answer.UNAUTHORIZED) {
      throw refused(answer.said());
    }
    if (answer.status() != Answer.OK) {
      throw new RemoteFailure(
          Message.of(
              "%s was asked for a token and answers %d%s: try again later, or give another user",
              place, answer.status(), answer.said()));
    }
    JsonObject json;
    try {
      json = JsonText.object("the token of " + place, answer.body());
    } catch (IOException e) {
      throw new RemoteFailure(place + " was asked for a token and answers with something else", e);
    }
    String token =
        Answer.text(json, "token").isEmpty()
            ? Answer.text(json, "access_token")
            : Answer.text(json, "token");
    if (!TOKEN.matcher(token).matches()) {
      throw new RemoteFailure(place + " was asked for a token and its answer has none");
    }
    return token;
  }

  /** The place of tokens, if it is one that this registry's credentials may go to. */
  private URI realm(String text) throws RemoteFailure {
    URI place;
    try {
      place = URI.create(text);
    } catch (IllegalArgumentException e) {
      throw foreign(text, e);
    }
    boolean fits =
        Origin.isOneOf(place)
            && place.getRawFragment() == null
            && (Origin.of(place).isPrivate() || Origin.of(place).equals(registry))
            && Origin.of(place).isSiteOf(registry);
    if (!fits) {
      throw foreign(text, null);
    }
    return place;
  }

  private RemoteFailure foreign(String realm, Exception cause) {
    return new RemoteFailure(
        Message.of(
            "%s sends to '%s' for a token, and expected was an HTTPS address of its own site:"
                + " nothing was sent there; check the name of the registry",
            registry, realm),
        cause);
  }

  private static String parameter(String parameters, String name) {
    Matcher found = PARAMETER.matcher(parameters);
    while (found.find()) {
      if (found.group(1).equalsIgnoreCase(name)) {
        return found.group(2);
      }
    }
    return "";
  }
}

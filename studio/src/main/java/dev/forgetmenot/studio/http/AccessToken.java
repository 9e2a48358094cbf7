package dev.forgetmenot.studio.http;

import dev.forgetmenot.files.TextFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret of a server: 32 random bytes as base64url text in a file that its owner alone can
 * read. It stays the same from start to start, since people write it into other programs. Compared
 * in constant time. Immutable.
 *
 * @param text the token
 */
public record AccessToken(String text) {
  private static final int BYTES = 32;
  private static final String BASIC = "basic ";
  private static final String BEARER = "bearer ";

  /**
   * The token of a file; made if there is none.
   *
   * @param renew makes another one in any case
   * @throws IOException if the file cannot be read or written, or holds something else
   */
  public static AccessToken of(Path file, boolean renew) throws IOException {
    if (Files.exists(file) && !renew) {
      String text = TextFile.read(file).strip();
      if (!text.matches("[A-Za-z0-9_-]{43}")) {
        throw new IOException(file + " does not hold a token; make another one by --new-token");
      }
      return new AccessToken(text);
    }
    byte[] random = new byte[BYTES];
    new SecureRandom().nextBytes(random);
    AccessToken token =
        new AccessToken(Base64.getUrlEncoder().withoutPadding().encodeToString(random));
    OwnersFile.write(file, token.text + "\n");
    return token;
  }

  /** Whether a text is the token. */
  public boolean is(String given) {
    return MessageDigest.isEqual(
        given.getBytes(StandardCharsets.UTF_8), text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * What the cookie of a browser holds: a keyed hash, so that who reads a cookie does not have the
   * token.
   */
  public String cookie() {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(text.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      byte[] hash = mac.doFinal("cookie".getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Java lacks HmacSHA256", e);
    }
  }

  boolean isCookie(String given) {
    return new AccessToken(cookie()).is(given);
  }

  /**
   * Whether a header {@code Authorization} has the token: as a bearer, or as the password of any
   * user name, since clients of A1111 know only that.
   */
  boolean isIn(String authorization) {
    String scheme = authorization.toLowerCase(Locale.ROOT);
    if (scheme.startsWith(BEARER)) {
      return is(authorization.substring(BEARER.length()).strip());
    }
    return scheme.startsWith(BASIC)
        && password(authorization.substring(BASIC.length()).strip()).filter(this::is).isPresent();
  }

  private static Optional<String> password(String base64) {
    try {
      String pair = new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
      int colon = pair.indexOf(':');
      return colon < 0 ? Optional.empty() : Optional.of(pair.substring(colon + 1));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Does not show the token, for logs. */
  @Override
  public String toString() {
    return "a token";
  }
}

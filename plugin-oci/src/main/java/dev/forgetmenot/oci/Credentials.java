package dev.forgetmenot.oci;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * A user of a registry. Its text never holds the password.
 *
 * @param user without a colon
 * @param password or token
 */
record Credentials(String user, String password) {
  /** As the header Authorization has it. */
  String basic() {
    byte[] both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(both);
  }

  @Override
  public String toString() {
    return "credentials of " + user;
  }
}

package dev.forgetmenot.patching.trust;

import dev.forgetmenot.keys.VerificationKey;
import java.util.regex.Pattern;

/**
 * A key that the user decided about.
 *
 * @param key the public key
 * @param label what the user calls its owner: 1 to 96 visible characters
 * @param added when, UTC to the second
 * @param revoked whether it is not trusted any more
 */
public record TrustedKey(VerificationKey key, String label, String added, boolean revoked) {
  static final String LABEL = "[\\P{C}]{1,96}";
  private static final Pattern VISIBLE = Pattern.compile(LABEL);

  /** Checks the label: one with control characters could draw what it likes on a terminal. */
  public TrustedKey {
    if (!VISIBLE.matcher(label).matches()) {
      throw new IllegalArgumentException(
          "a label should be 1 to 96 visible characters, not '" + label.strip() + "'");
    }
  }

  TrustedKey revoke() {
    return new TrustedKey(key, label, added, true);
  }
}

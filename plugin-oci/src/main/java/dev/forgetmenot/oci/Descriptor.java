package dev.forgetmenot.oci;

import dev.forgetmenot.files.Sha256;
import java.util.regex.Pattern;

/**
 * Bytes in a registry.
 *
 * @param mediaType what they are
 * @param digest {@code sha256:} and hex
 * @param size in bytes
 */
record Descriptor(String mediaType, String digest, long size) {
  private static final String ALGORITHM = "sha256:";
  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");

  /** Of bytes in memory. */
  static Descriptor of(String mediaType, byte[] bytes) {
    return new Descriptor(mediaType, ALGORITHM + Sha256.hex(bytes), bytes.length);
  }

  /** Of bytes whose digest is known, in hex. */
  static Descriptor of(String mediaType, String sha256, long size) {
    return new Descriptor(mediaType, ALGORITHM + sha256, size);
  }

  /** Whether a text is a digest that is understood here. */
  static boolean isDigest(String text) {
    return DIGEST.matcher(text).matches();
  }
}

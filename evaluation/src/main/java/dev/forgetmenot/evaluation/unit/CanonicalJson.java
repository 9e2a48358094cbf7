package dev.forgetmenot.evaluation.unit;

import com.google.gson.JsonElement;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.erdtman.jcs.JsonCanonicalizer;

/** JSON in its one canonical spelling (RFC 8785), so that equal contents have equal digests. */
public final class CanonicalJson {
  private CanonicalJson() {}

  /**
   * The canonical bytes.
   *
   * @param json without NaN or infinite numbers
   * @return UTF-8: sorted keys, no spaces, numbers as ECMAScript prints doubles
   */
  public static byte[] bytes(JsonElement json) {
    try {
      return new JsonCanonicalizer(json.toString()).getEncodedUTF8();
    } catch (IOException e) {
      throw new UncheckedIOException("not canonical JSON: " + json, e);
    }
  }
}

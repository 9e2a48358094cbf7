package dev.forgetmenot.files;

import com.google.errorprone.annotations.FormatMethod;
import java.util.Locale;

/** A sentence with values in it that reads the same on every machine. */
public final class Message {
  private Message() {}

  /**
   * {@link String#format(Locale, String, Object...)} with the root locale: a point before decimals.
   */
  @FormatMethod
  public static String of(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}

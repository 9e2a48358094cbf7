package dev.forgetmenot.files;

import com.google.errorprone.annotations.FormatMethod;
import java.util.List;
import java.util.Locale;

/** A sentence with values in it that reads the same on every machine. */
public final class Message {
  private static final int SHOWN = 5;

  private Message() {}

  /**
   * {@link String#format(Locale, String, Object...)} with the root locale: a point before decimals.
   */
  @FormatMethod
  public static String of(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  /** The first few of a list, and how many more: {@code a, b, c, d, e and 7 more}. */
  public static String some(List<String> all) {
    return some(", ", all);
  }

  /** The same with something else between the entries. */
  public static String some(String separator, List<String> all) {
    String more = all.size() > SHOWN ? " and " + (all.size() - SHOWN) + " more" : "";
    return String.join(separator, all.subList(0, Math.min(SHOWN, all.size()))) + more;
  }
}

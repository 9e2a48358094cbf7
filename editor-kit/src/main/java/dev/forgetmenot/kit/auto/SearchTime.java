package dev.forgetmenot.kit.auto;

import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.files.Message;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long a search for an edit may take, drawing and judging included, from when it began. Any
 * thread.
 *
 * @param limit zero for a search that ends with the first candidate that is good enough
 * @param elapsed nanoseconds since it began
 */
public record SearchTime(Duration limit, LongSupplier elapsed) {
  private static final String SETTING = "time";
  private static final Pattern TIME = Pattern.compile("(\\d{1,5})(s?|m)");

  /** The setting. */
  public static SettingSpec setting() {
    return SettingSpec.text(
        SETTING,
        SettingSpec.Type.TEXT,
        "0s",
        "How long the search may take, such as 60s or 30m: it goes on after a candidate is good"
            + " enough, begins none afterwards, and takes the best that was measured. 0s ends it"
            + " with the first that is good enough.");
  }

  /**
   * The limit of an editor, which begins now; none where it has no such setting.
   *
   * @throws IllegalArgumentException if it is no time
   */
  public static SearchTime of(Settings values) {
    String text = values.find(SETTING).orElse("0s");
    Matcher time = TIME.matcher(text);
    if (!time.matches()) {
      throw new IllegalArgumentException(
          Message.of("--time is a number of seconds or minutes such as 60s or 2m, not '%s'", text));
    }
    long count = Long.parseLong(time.group(1));
    return of(time.group(2).equals("m") ? Duration.ofMinutes(count) : Duration.ofSeconds(count));
  }

  /** A limit that begins now. */
  public static SearchTime of(Duration limit) {
    long begin = System.nanoTime();
    return new SearchTime(limit, () -> System.nanoTime() - begin);
  }

  /** Whether there is a limit. */
  public boolean isLimited() {
    return !limit.isZero();
  }

  /** Whether there is a limit and it has passed. */
  public boolean isOver() {
    return isLimited() && elapsed.getAsLong() >= limit.toNanos();
  }

  /** Whether there is a limit and half of it has passed. */
  public boolean isHalfOver() {
    return isLimited() && 2 * elapsed.getAsLong() >= limit.toNanos();
  }
}

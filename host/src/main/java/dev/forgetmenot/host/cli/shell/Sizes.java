package dev.forgetmenot.host.cli.shell;

import java.util.Locale;

/** Numbers of bytes for people. */
public final class Sizes {
  private static final String[] UNITS = {"bytes", "KiB", "MiB", "GiB"};
  private static final int STEP = 1024;

  private Sizes() {}

  /** Such as {@code 512 bytes} or {@code 1.5 MiB}. */
  public static String of(long bytes) {
    double size = bytes;
    int unit = 0;
    while (size >= STEP && unit < UNITS.length - 1) {
      size /= STEP;
      unit++;
    }
    return unit == 0
        ? bytes + " " + UNITS[0]
        : String.format(Locale.ROOT, "%.1f %s", size, UNITS[unit]);
  }
}

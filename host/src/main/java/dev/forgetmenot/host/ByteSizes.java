package dev.forgetmenot.host;

import dev.forgetmenot.files.Message;

/** Numbers of bytes for people, in powers of 1000 as disks and downloads are sold. */
public final class ByteSizes {
  private static final String[] UNITS = {"bytes", "kB", "MB", "GB"};
  private static final int STEP = 1000;

  private ByteSizes() {}

  /** Such as {@code 512 bytes}, {@code 1.5 MB} or {@code 14.2 GB}. */
  public static String of(long bytes) {
    double size = bytes;
    int unit = 0;
    while (size >= STEP && unit < UNITS.length - 1) {
      size /= STEP;
      unit++;
    }
    return unit == 0 ? bytes + " " + UNITS[0] : Message.of("%.1f %s", size, UNITS[unit]);
  }
}

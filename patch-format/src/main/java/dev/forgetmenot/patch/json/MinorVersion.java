package dev.forgetmenot.patch.json;

/** The minor versions of the format, by what came with them. */
public final class MinorVersion {
  /** The version that came with all kinds but values in full and rows, and without leaves. */
  public static final int WITH_KINDS = 1;

  /** The version that came with rows, halves, gates, and more words of the intent. */
  public static final int WITH_ROWS = 2;

  /** The version that came with archives of 2 GiB and more, which are zip64. */
  public static final int WITH_ZIP64 = 3;

  /** The version that came with images of what a patch does. */
  public static final int WITH_PREVIEWS = 4;

  /** The version that came with second text encoders. */
  public static final int WITH_SECOND_TEXT_ENCODER = 5;

  /** The newest that this library knows. */
  public static final int NEWEST = WITH_SECOND_TEXT_ENCODER;

  private MinorVersion() {}
}

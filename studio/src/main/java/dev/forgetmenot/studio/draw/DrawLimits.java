package dev.forgetmenot.studio.draw;

/** What one request may ask for: a server answers others beside it. */
public final class DrawLimits {
  /** Images. */
  public static final int IMAGES = 16;

  /** Steps of an image. */
  public static final int STEPS = 150;

  /** Pixels of an image. */
  public static final int PIXELS = 4 << 20;

  /** Characters of a prompt. */
  public static final int PROMPT = 8192;

  private DrawLimits() {}
}

package dev.forgetmenot.diffusion.unet;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.sampling.FeatureCache;
import dev.forgetmenot.files.Message;

/**
 * The feature that a run of predictions keeps from a whole one for those that follow (see {@link
 * FeatureCache}). {@link #close} frees it. For the engine thread.
 */
public final class DeepFeatures implements AutoCloseable {
  private final FeatureCache settings;
  private NDArray kept; // null until a whole prediction has been
  private long batch; // rows of the last prediction
  private int age; // predictions that have taken it
  private boolean keeps; // whether the prediction that runs is to keep one

  /** Keeps nothing yet. */
  public DeepFeatures(FeatureCache settings) {
    this.settings = settings;
  }

  /** Of a prediction that is no part of a run: it is whole. */
  static DeepFeatures none() {
    return new DeepFeatures(FeatureCache.NONE);
  }

  /**
   * Begins a prediction. One whose attention is looked at or changed is whole and keeps nothing;
   * one of another batch is whole, too.
   *
   * @param rows its batch
   * @param skips how many skip connections the UNet has
   * @throws IllegalArgumentException if the UNet has no such depth
   */
  void begin(long rows, int skips, AttentionHooks hooks) {
    if (settings.used() && settings.depth() >= skips) {
      throw new IllegalArgumentException(
          Message.of(
              "cache depth %s is deeper than this UNet, whose skip connections are 0 to %s: choose"
                  + " one of these",
              settings.depth(), skips - 1));
    }
    boolean plain = hooks.equals(AttentionHooks.NONE);
    age++;
    if (!plain || rows != batch || age >= settings.interval()) {
      close();
    }
    batch = rows;
    keeps = plain && settings.used() && kept == null;
  }

  /** Whether the prediction takes what was kept in the place of all below a skip connection. */
  boolean reused() {
    return kept != null && !keeps;
  }

  /** Whether the prediction goes without the layers at a skip connection. */
  boolean leavesOut(int skip) {
    return reused() && skip > settings.depth();
  }

  /** A copy of the feature. */
  NDArray feature() {
    return kept.duplicate();
  }

  /** Sees what enters the layer of a skip connection from below, and keeps it where it is due. */
  void enters(int skip, NDArray feature) {
    if (keeps && skip == settings.depth()) {
      kept = feature.duplicate();
      age = 0;
    }
  }

  @Override
  public void close() {
    if (kept != null) {
      kept.close();
      kept = null;
    }
  }
}

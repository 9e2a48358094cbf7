package dev.forgetmenot.kit.train;

import ai.djl.ndarray.NDArray;

/** The mean square of a difference, as losses of predictions have it. */
public final class MseLoss {
  private MseLoss() {}

  /**
   * Mean of (a − b)².
   *
   * @param prediction any shape; closed
   * @param target like it; closed
   * @return (), of the manager of the prediction
   */
  public static NDArray meanSquare(NDArray prediction, NDArray target) {
    try (prediction;
        target;
        NDArray difference = prediction.sub(target);
        NDArray square = difference.square()) {
      return square.mean();
    }
  }
}

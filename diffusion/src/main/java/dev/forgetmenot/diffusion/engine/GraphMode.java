package dev.forgetmenot.diffusion.engine;

import ai.djl.pytorch.jni.JniUtils;
import java.util.function.Supplier;

/** Whether PyTorch records a graph of what the engine thread computes. For the engine thread. */
final class GraphMode {
  private GraphMode() {}

  /** Whether it does now. */
  static boolean recording() {
    return JniUtils.isGradMode();
  }

  /** Does work with or without a graph, whatever was before and will be again. */
  static <T> T with(boolean recording, Supplier<T> work) {
    boolean before = recording();
    JniUtils.setGradMode(recording);
    try {
      return work.get();
    } finally {
      JniUtils.setGradMode(before);
    }
  }
}

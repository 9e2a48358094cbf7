package dev.forgetmenot.diffusion.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import dev.forgetmenot.api.training.ScalarOps;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** A graph's numbers must survive the garbage collector between forward and backward. */
class ScalarOpsTest {
  private static final int FACTORS = 400;

  @Test
  void gradientsAreRightAfterACollection() {
    try (EngineThread engine = EngineThread.start("cpu")) {
      assertThat(engine.<Integer, InterruptedException>call(() -> wrong(x -> ScalarOps.by(x, 3))))
          .isZero();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** How many of the gradients of scaled copies are wrong. */
  private static int wrong(UnaryOperator<NDArray> scale) throws InterruptedException {
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      List<NDArray> leaves = new ArrayList<>();
      try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
        NDArray sum = null;
        for (int i = 0; i < FACTORS; i++) {
          NDArray leaf = manager.create(new float[] {i, 1, 2}).duplicate();
          leaf.setRequiresGradient(true);
          leaves.add(leaf);
          NDArray scaled = scale.apply(leaf);
          NDArray part = scaled.sum();
          scaled.close();
          sum = sum == null ? part : sum.add(part);
        }
        collect();
        List<ByteBuffer> others = new ArrayList<>();
        for (int i = 0; i < 4 * FACTORS; i++) {
          ByteBuffer other = ByteBuffer.allocateDirect(4);
          others.add(other.putFloat(0, -77f));
        }
        collector.backward(sum);
        assertThat(others).hasSize(4 * FACTORS);
      }
      int wrong = 0;
      for (NDArray leaf : leaves) {
        for (float value : leaf.getGradient().toFloatArray()) {
          wrong += value == 3 ? 0 : 1;
        }
      }
      return wrong;
    }
  }

  /** Returns when the collector has freed an unreachable object. */
  private static void collect() throws InterruptedException {
    CountDownLatch freed = new CountDownLatch(1);
    Cleaner.create().register(new Object(), freed::countDown);
    while (freed.getCount() > 0) {
      System.gc();
      freed.await(50, java.util.concurrent.TimeUnit.MILLISECONDS);
    }
  }
}

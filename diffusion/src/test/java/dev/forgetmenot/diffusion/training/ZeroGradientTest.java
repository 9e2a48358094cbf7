package dev.forgetmenot.diffusion.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.forgetmenot.api.training.TrainingOptions;
import dev.forgetmenot.diffusion.engine.EngineThread;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.engine.TorchScriptOps;
import org.junit.jupiter.api.Test;

/** AdamW where a gradient is exactly zero: only the weight decay and older moments count. */
class ZeroGradientTest {
  private static final float[][] GRADIENTS = {
    {0, 0, 0, 0}, {1e-3f, 0, 2, -0.5f}, {0, 0, 0, 0},
  };

  /**
   * The parameters after each step, printed by PyTorch 2.15's torch.optim.AdamW (lr 1e-2, betas 0.9
   * and 0.999, eps 1e-8, weight decay 0.1) from 0.5, −0.25, 0 and 3 on these gradients.
   */
  private static final double[][] AFTER = {
    {0.49950000643730164, -0.24975000321865082, 0, 2.996999979019165},
    {0.4915592670440674, -0.24950025975704193, -0.007441367954015732, 3.0014443397521973},
    {0.48531562089920044, -0.24925076961517334, -0.01318612601608038, 3.004194974899292},
  };

  @Test
  void isAStepAsPyTorchTakesIt() {
    TrainingOptions options =
        TrainingOptions.adamW(name -> true, 1e-2).decaying(0.1).clippedAt(Double.POSITIVE_INFINITY);
    try (EngineThread engine = EngineThread.start("cpu")) {
      engine.<Void, RuntimeException>call(
          () -> {
            try (Ops ops = TorchScriptOps.create(engine);
                NDManager manager = engine.newManager();
                NDArray p = manager.create(new float[] {0.5f, -0.25f, 0, 3})) {
              AdamW optimizer = new AdamW(manager, ops, options);
              for (int step = 0; step < GRADIENTS.length; step++) {
                try (NDArray g = manager.create(GRADIENTS[step])) {
                  optimizer.update("p", p, g, options.learningRate());
                }
                float[] found = p.toFloatArray();
                for (int i = 0; i < found.length; i++) {
                  float expected = (float) AFTER[step][i];
                  assertThat(found[i])
                      .as("parameter %s after step %s", i, step + 1)
                      .isCloseTo(expected, within(2 * Math.ulp(expected)));
                }
              }
            }
            return null;
          });
    }
  }
}

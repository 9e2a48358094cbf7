package dev.forgetmenot.diffusion.layer;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.diffusion.engine.LayerChain;
import dev.forgetmenot.diffusion.weights.ModelParameter;

/**
 * Residual block: GroupNorm, SiLU, 3 × 3 convolution, twice; the time embedding is added between;
 * residual connection.
 */
public final class ResnetBlock2D {
  private final GroupNorm norm1;
  private final Conv2d conv1;
  private final Linear timeEmbProj; // null without time
  private final GroupNorm norm2;
  private final Conv2d conv2;
  private final Conv2d convShortcut; // null where the channels stay

  /**
   * A block from {@code in} to {@code out} channels.
   *
   * @param timeWidth t, or 0 for a block that knows no time
   */
  public ResnetBlock2D(
      ModulePath scope, long in, long out, long timeWidth, int groups, double eps) {
    norm1 = new GroupNorm(scope.in("norm1"), in, groups, eps);
    conv1 = Conv2d.same(scope.in("conv1"), in, out, 3);
    timeEmbProj =
        timeWidth == 0 ? null : new Linear(scope.in("time_emb_proj"), timeWidth, out, true);
    norm2 = new GroupNorm(scope.in("norm2"), out, groups, eps);
    conv2 = Conv2d.same(scope.in("conv2"), out, out, 3);
    convShortcut = in == out ? null : Conv2d.same(scope.in("conv_shortcut"), in, out, 1);
  }

  /**
   * (b, in, h, w) to (b, out, h, w).
   *
   * @param time null for a block that knows no time
   */
  public NDArray forward(NDArray x, TimeShift time) {
    LayerChain hidden = LayerChain.from(x).then(norm1::silu).then(conv1::forward);
    if (timeEmbProj != null) {
      try (ModelParameter.Use shift = time.of(timeEmbProj);
          NDArray wide = shift.array().reshape(shift.array().getShape().get(0), -1, 1, 1)) {
        hidden.then(h -> h.add(wide));
      }
    }
    hidden.then(norm2::silu).then(conv2::forward);
    LayerChain around = LayerChain.from(x);
    if (convShortcut != null) {
      around.then(convShortcut::forward);
    }
    NDArray rest = hidden.get();
    around.then(a -> a.add(rest));
    rest.close();
    return around.get();
  }
}

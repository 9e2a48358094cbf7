package dev.forgetmenot.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.model.BaseModel;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patch.edit.LowRankEdit;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.stack.PatchStack;
import dev.forgetmenot.patching.stack.ResolvedStack;
import dev.forgetmenot.patching.stack.StackedPatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the stack benchmark measures is right: against one whole change after another. */
class RandomStackTest {
  private static final int PATCHES = 3;

  private final RandomBase base = new RandomBase();

  @TempDir private Path folder;

  private interface WholeChange {
    /** Changes of one weight (out × in), in double. */
    List<Matrix> of(PatchStack stack, ResolvedStack resolved, String target, float[] weight)
        throws IOException;
  }

  @Test
  void closedForms() throws IOException {
    check(
        new RandomPatches(base, folder).closedForms(PATCHES),
        32,
        (stack, resolved, target, weight) ->
            List.of(
                Matrix.of(
                    weight.length / RandomBase.WIDTH,
                    RandomBase.WIDTH,
                    resolved.weights().systems().get(0).solution().edit().change(weight))));
  }

  @Test
  void rankOnes() throws IOException {
    check(
        new RandomPatches(base, folder).rankOnes(PATCHES),
        64,
        (stack, resolved, target, weight) ->
            stack.layers().stream().map(layer -> product(layer, target)).toList());
  }

  /** alpha / rank · up · down. */
  private static Matrix product(StackedPatch layer, String target) {
    try {
      LowRankEdit edit = (LowRankEdit) layer.file().edit(layer.edits().get(0));
      LowRank factors = edit.factors().get(target);
      Matrix up = Matrix.of(factors.outputs(), factors.rank(), factors.up());
      Matrix down = Matrix.of(factors.rank(), factors.inputs(), factors.down());
      return up.times(down).times(factors.alpha() / factors.rank());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void check(List<PatchRequest> requests, int weights, WholeChange changes)
      throws IOException {
    BaseModel model = base.model();
    try (PatchStack stack = PatchStack.open(requests)) {
      ResolvedStack resolved = stack.on(model);
      assertThat(resolved.weights().targets()).hasSize(weights);
      for (String target : List.copyOf(resolved.weights().targets()).subList(0, 4)) {
        float[] weight = base.floats("unet", target.substring("unet/".length()));
        double[] expected = new double[weight.length];
        for (int i = 0; i < weight.length; i++) {
          expected[i] = weight[i];
        }
        for (Matrix change : changes.of(stack, resolved, target, weight)) {
          double[] values = change.rowMajor();
          for (int i = 0; i < values.length; i++) {
            expected[i] += values[i];
          }
        }
        float[] found = resolved.weights().values(target);
        double worst = 0;
        for (int i = 0; i < found.length; i++) {
          worst = Math.max(worst, Math.abs(found[i] - expected[i]));
        }
        assertThat(worst).as(target).isLessThan(1e-6);
        assertThat(found).as(target).isNotEqualTo(weight);
      }
    }
  }
}

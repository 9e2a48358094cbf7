package dev.forgetmenot.plugin.evaluate.attack;

import dev.forgetmenot.api.evaluation.EvaluationAccess.ModelTask;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.evaluation.run.TestedModel;
import dev.forgetmenot.evaluation.unit.ImageUnit;
import dev.forgetmenot.testkit.edit.EditedModel;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The embedded model with weights that a test puts on it in the patched state. */
final class EditedTestedModel implements TestedModel {
  private final EditedModel edited;
  final Map<String, float[]> patch = new HashMap<>();
  int computations;

  EditedTestedModel(EditedModel edited) {
    this.edited = edited;
  }

  @Override
  public ImageUnit.Model identity(ModelState state) {
    List<ImageUnit.AppliedPatch> patches =
        state == ModelState.PATCHED
            ? List.of(new ImageUnit.AppliedPatch("a".repeat(64), 1))
            : List.of();
    return new ImageUnit.Model("b".repeat(64), patches, List.of(), "test");
  }

  @Override
  public int batch(int width, int height) {
    return 8;
  }

  @Override
  public <T> T compute(ModelState state, ModelTask<T> task) throws IOException {
    computations++;
    return edited.with(state == ModelState.PATCHED ? patch : Map.of(), task);
  }
}

package dev.forgetmenot.host.evaluate;

import dev.forgetmenot.api.evaluation.EvaluationAccess.ModelTask;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.evaluation.run.TestedModel;
import dev.forgetmenot.evaluation.unit.ImageUnit;
import dev.forgetmenot.host.model.ModelLoader;
import dev.forgetmenot.patching.PatchSet;
import java.io.IOException;
import java.util.List;

/**
 * A loaded model whose patches are put on and taken off as an evaluation needs it. For one thread.
 */
final class HostedModel implements TestedModel {
  /** Latent pixels of a batch: 8 images of 64 × 64, one of 256 × 256 or larger. */
  private static final int BATCH_PIXELS = 8 * 64 * 64;

  private static final int LARGEST_BATCH = 8;

  private final StableDiffusion model;
  private final PatchSet patches;
  private final ImageUnit.Model original;
  private final ImageUnit.Model patched;
  private ModelState on = ModelState.ORIGINAL;

  /**
   * A model without patches, and those under test.
   *
   * @param loader that the model was loaded by
   * @throws IOException if the base cannot be read
   */
  HostedModel(ModelLoader loader, StableDiffusion model, PatchSet patches) throws IOException {
    this.model = model;
    this.patches = patches;
    String base = ModelDigest.base(model);
    String numerics = ModelDigest.numerics(loader);
    original = new ImageUnit.Model(base, List.of(), List.of(), numerics);
    patched =
        new ImageUnit.Model(
            base,
            patches.requests().stream().map(HostedModel::applied).toList(),
            List.of(),
            numerics);
  }

  private static ImageUnit.AppliedPatch applied(PatchRequest patch) {
    return new ImageUnit.AppliedPatch(patch.open().orElseThrow().id(), patch.strength());
  }

  @Override
  public ImageUnit.Model identity(ModelState state) {
    return state == ModelState.ORIGINAL ? original : patched;
  }

  @Override
  public int batch(int width, int height) {
    return Math.max(1, Math.min(LARGEST_BATCH, BATCH_PIXELS / (width * height)));
  }

  @Override
  public <T> T compute(ModelState state, ModelTask<T> task) throws IOException {
    if (state != on && !patches.requests().isEmpty()) {
      model.repatch(state == ModelState.PATCHED ? patches.requests() : List.of());
    }
    on = state;
    return model.engine().call(() -> task.run(model));
  }
}

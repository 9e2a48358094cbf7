package dev.forgetmenot.evaluation.run;

import dev.forgetmenot.api.evaluation.EvaluationAccess.ModelTask;
import dev.forgetmenot.api.evaluation.ImageMaker;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.evaluation.unit.ImageUnit;
import dev.forgetmenot.files.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A model whose images are drawn in another way, such as with learned tokens. The digest of the
 * way's description is part of the identity, so that its images are not taken for plain ones.
 *
 * @param model that draws
 * @param way with a description that is not empty
 */
record MakingModel(TestedModel model, ImageMaker.Described way) implements TestedModel {
  /** A model that draws in a way; itself if that is the plain one. */
  static TestedModel of(TestedModel model, ImageMaker.Described way) {
    return way.how().isEmpty() ? model : new MakingModel(model, way);
  }

  @Override
  public ImageUnit.Model identity(ModelState state) {
    ImageUnit.Model plain = model.identity(state);
    String digest = Sha256.hex(way.how().getBytes(StandardCharsets.UTF_8));
    return new ImageUnit.Model(plain.base(), plain.patches(), List.of(digest), plain.numerics());
  }

  @Override
  public int batch(int width, int height) {
    return model.batch(width, height);
  }

  @Override
  public <T> T compute(ModelState state, ModelTask<T> task) throws IOException {
    return model.compute(state, task);
  }

  @Override
  public List<RgbImage> draw(ModelState state, List<GenerationRequest> requests)
      throws IOException {
    return model.compute(state, loaded -> way.maker().make(loaded, requests));
  }
}

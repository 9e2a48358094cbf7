package dev.forgetmenot.evaluation.run;

import dev.forgetmenot.api.evaluation.EvaluationAccess.ModelTask;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.api.model.AddedTokens;
import dev.forgetmenot.evaluation.unit.ImageUnit;
import dev.forgetmenot.files.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A model with learned tokens, which are added for each computation and taken off after it.
 *
 * @param model that the tokens are added to
 * @param tokens their vectors (n, d) by name
 * @param digest of the tokens
 */
record ModelWithTokens(TestedModel model, Map<String, float[][]> tokens, String digest)
    implements TestedModel {

  ModelWithTokens(TestedModel model, Map<String, float[][]> tokens) {
    this(model, tokens, digest(tokens));
  }

  /** SHA-256 over names, numbers of vectors, and values, in the order of the names. */
  private static String digest(Map<String, float[][]> tokens) {
    StringBuilder digests = new StringBuilder();
    new TreeMap<>(tokens)
        .forEach(
            (name, vectors) -> {
              digests.append(Sha256.hex(name.getBytes(StandardCharsets.UTF_8)));
              for (float[] vector : vectors) {
                ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * vector.length);
                bytes.asFloatBuffer().put(vector);
                digests.append(' ').append(Sha256.hex(bytes.array()));
              }
              digests.append('\n');
            });
    return Sha256.hex(digests.toString().getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public ImageUnit.Model identity(ModelState state) {
    ImageUnit.Model without = model.identity(state);
    return new ImageUnit.Model(
        without.base(), without.patches(), List.of(digest), without.numerics());
  }

  @Override
  public int batch(int width, int height) {
    return model.batch(width, height);
  }

  @Override
  public <T> T compute(ModelState state, ModelTask<T> task) throws IOException {
    return model.compute(
        state,
        loaded -> {
          AddedTokens added = loaded.addTokens(tokens);
          try {
            return task.run(loaded);
          } finally {
            added.close();
          }
        });
  }
}

package dev.forgetmenot.kit.inversion;

import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.files.Message;
import java.util.Arrays;
import java.util.List;

/**
 * The model's own token embeddings, where new ones begin.
 *
 * @param matrix (v, d), row by row
 * @param width d
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared or used as a key
record InitialEmbeddings(DiffusionModel model, float[] matrix, int width) {
  private static final String WEIGHT = "text_encoder/text_model.embeddings.token_embedding.weight";

  /** A copy of the embeddings of a model. */
  static InitialEmbeddings of(DiffusionModel model) {
    int width = Math.toIntExact(model.weights().shape(WEIGHT)[1]);
    return new InitialEmbeddings(model, model.weights().current(WEIGHT), width);
  }

  /**
   * A row for each new token; random ones are drawn in order from one stream of the seed.
   *
   * @return (k, d)
   * @throws IllegalArgumentException if a word is several pieces, naming them, or an id is unknown
   */
  float[][] of(List<TokenInitialiser> initialisers, long seed) {
    NoiseSource noise = model.noise(seed);
    return initialisers.stream()
        .map(initialiser -> row(initialiser, noise))
        .toArray(float[][]::new);
  }

  private float[] row(TokenInitialiser initialiser, NoiseSource noise) {
    if (initialiser instanceof TokenInitialiser.Word word) {
      return known(idOf(word.text()));
    }
    if (initialiser instanceof TokenInitialiser.Id id) {
      return known(id.id());
    }
    float[] row = new float[width];
    if (initialiser instanceof TokenInitialiser.Random random) {
      float[] normal = noise.normal(width);
      for (int i = 0; i < width; i++) {
        row[i] = (float) random.sigma() * normal[i];
      }
    }
    return row;
  }

  private int idOf(String word) {
    List<Integer> ids = model.tokenIds(word);
    if (ids.size() != 1) {
      throw new IllegalArgumentException(
          Message.of(
              "the initialiser '%s' is not one token of this model's vocabulary but %s: %s; take"
                  + " another word, <rand-1>, <zero> or a token id",
              word, ids.size(), model.tokens(word)));
    }
    return ids.get(0);
  }

  private float[] known(int id) {
    int count = matrix.length / width;
    if (id >= count) {
      throw new IllegalArgumentException(
          "the vocabulary has " + count + " tokens; there is no token id " + id);
    }
    return Arrays.copyOfRange(matrix, id * width, (id + 1) * width);
  }

  /** The mean length of the rows. */
  double meanNorm() {
    double sum = 0;
    for (int start = 0; start < matrix.length; start += width) {
      double square = 0;
      for (int i = start; i < start + width; i++) {
        square += (double) matrix[i] * matrix[i];
      }
      sum += Math.sqrt(square);
    }
    int count = matrix.length / width;
    return sum / count;
  }
}

package dev.forgetmenot.kit.inversion;

import dev.forgetmenot.api.model.BaseTextEncoder;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.files.Message;
import java.util.ArrayList;
import java.util.List;

/**
 * The model's own token embeddings, where new ones begin. Those of several text encoders lie side
 * by side.
 *
 * @param tables of each text encoder
 */
record InitialEmbeddings(DiffusionModel model, List<Table> tables) {
  private static final String WEIGHT = "/text_model.embeddings.token_embedding.weight";

  /**
   * The embeddings of one text encoder.
   *
   * @param matrix (v, d), row by row
   * @param width d
   */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared or used as a key
  record Table(float[] matrix, int width) {
    int count() {
      return matrix.length / width;
    }
  }

  /** A copy of the embeddings of a model. */
  static InitialEmbeddings of(DiffusionModel model) {
    List<Table> tables = new ArrayList<>();
    for (BaseTextEncoder encoder : model.base().textEncoders()) {
      String weight = encoder.component() + WEIGHT;
      int width = Math.toIntExact(model.weights().shape(weight)[1]);
      tables.add(new Table(model.weights().current(weight), width));
    }
    return new InitialEmbeddings(model, tables);
  }

  /** Width of a row, of all text encoders together. */
  int width() {
    return tables.stream().mapToInt(Table::width).sum();
  }

  private int count() {
    return tables.stream().mapToInt(Table::count).min().orElseThrow();
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
    int width = width();
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
    int count = count();
    if (id >= count) {
      throw new IllegalArgumentException(
          "the vocabulary has " + count + " tokens; there is no token id " + id);
    }
    float[] row = new float[width()];
    int at = 0;
    for (Table table : tables) {
      System.arraycopy(table.matrix, id * table.width, row, at, table.width);
      at += table.width;
    }
    return row;
  }

  /** The mean length of the rows. */
  double meanNorm() {
    int count = count();
    double sum = 0;
    for (int id = 0; id < count; id++) {
      double square = 0;
      for (Table table : tables) {
        int start = id * table.width;
        for (int i = start; i < start + table.width; i++) {
          square += (double) table.matrix[i] * table.matrix[i];
        }
      }
      sum += Math.sqrt(square);
    }
    return sum / count;
  }
}

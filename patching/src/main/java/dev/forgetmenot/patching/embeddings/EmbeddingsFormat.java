package dev.forgetmenot.patching.embeddings;

import dev.forgetmenot.patch.edit.Rows;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** A form in which learned tokens are written; {@link EmbeddingsFile} reads all of them. */
public enum EmbeddingsFormat {
  /** One tensor a token, marked as an embedding in the metadata as the original's loader asks. */
  ORIGINAL,
  /** One token, whose name is the tensor's; several vectors as (n, d). */
  DIFFUSERS,
  /** One token as {@code emb_params} (n, d); its name is the file's. */
  A1111;

  /** The metadata by which the original's loader knows an embedding. */
  private static final String MARK = "<embed>";

  /** The word of options: {@code original}, {@code diffusers} or {@code a1111}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether a file holds one token only; {@link Embeddings#joined} makes one of several. */
  public boolean single() {
    return this != ORIGINAL;
  }

  /**
   * The name of the file that other tools expect.
   *
   * @param token the only token of a single form
   */
  public String fileName(String token) {
    if (this != A1111) {
      return "learned_embeds.safetensors";
    }
    String stem = token.replaceAll("[^\\p{L}\\p{N}_.-]+", "");
    return (stem.isEmpty() ? "embedding" : stem) + ".safetensors";
  }

  /**
   * Writes a file beside its place and moves it there.
   *
   * @param metadata free-form
   * @throws IllegalArgumentException if there are several tokens and the form holds one
   * @throws IOException if it cannot be written
   */
  public void write(Path file, Embeddings embeddings, Map<String, String> metadata)
      throws IOException {
    if (single() && embeddings.tokens().size() > 1) {
      throw new IllegalArgumentException(
          "a file of the form " + word() + " holds one token, not " + embeddings.summary());
    }
    SafetensorsWriter writer = new SafetensorsWriter().metadata(metadata);
    embeddings.tokens().forEach((name, rows) -> add(writer, name, rows));
    writer.write(file);
  }

  private void add(SafetensorsWriter writer, String name, Rows rows) {
    long[] matrix = {rows.count(), rows.width()};
    long[] vector = {rows.width()};
    long[] shape = this == A1111 || rows.count() > 1 ? matrix : vector;
    if (this == ORIGINAL) {
      writer.metadata(name, MARK);
    }
    writer.add(this == A1111 ? EmbeddingsFile.A1111 : name, DType.F32, shape, rows.values());
  }
}

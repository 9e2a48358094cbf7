package dev.forgetmenot.patching.embeddings;

import dev.forgetmenot.files.Message;
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
  A1111,
  /**
   * One token as {@code clip_l} (n, 768) and {@code clip_g} (n, 1280), for the two text encoders of
   * Stable Diffusion XL; its name is the file's.
   */
  SDXL;

  private static final int FIRST = 768;
  private static final int BOTH = FIRST + 1280;

  /** The metadata by which the original's loader knows an embedding. */
  private static final String MARK = "<embed>";

  /** The word of options: {@code original}, {@code diffusers}, {@code a1111} or {@code sdxl}. */
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
    if (this == ORIGINAL || this == DIFFUSERS) {
      return "learned_embeds.safetensors";
    }
    String stem = token.replaceAll("[^\\p{L}\\p{N}_.-]+", "");
    return (stem.isEmpty() ? "embedding" : stem) + ".safetensors";
  }

  /**
   * Writes a file beside its place and moves it there.
   *
   * @param metadata free-form
   * @throws IllegalArgumentException if there are several tokens and the form holds one, or their
   *     vectors are not as wide as the form has them
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
    if (this == SDXL) {
      addBoth(writer, rows);
      return;
    }
    long[] matrix = {rows.count(), rows.width()};
    long[] vector = {rows.width()};
    long[] shape = this == A1111 || rows.count() > 1 ? matrix : vector;
    if (this == ORIGINAL) {
      writer.metadata(name, MARK);
    }
    writer.add(this == A1111 ? EmbeddingsFile.A1111 : name, DType.F32, shape, rows.values());
  }

  private static void addBoth(SafetensorsWriter writer, Rows rows) {
    if (rows.width() != BOTH) {
      throw new IllegalArgumentException(
          Message.of(
              "a file of the form sdxl has vectors of 768 and 1280 numbers for the two text encoders"
                  + " of SDXL, and these have %s; take another form",
              rows.width()));
    }
    float[] first = new float[rows.count() * FIRST];
    float[] second = new float[rows.values().length - first.length];
    int rest = BOTH - FIRST;
    for (int i = 0; i < rows.count(); i++) {
      System.arraycopy(rows.values(), i * BOTH, first, i * FIRST, FIRST);
      System.arraycopy(rows.values(), i * BOTH + FIRST, second, i * rest, rest);
    }
    writer.add(EmbeddingsFile.FIRST, DType.F32, new long[] {rows.count(), FIRST}, first);
    writer.add(EmbeddingsFile.SECOND, DType.F32, new long[] {rows.count(), rest}, second);
  }
}

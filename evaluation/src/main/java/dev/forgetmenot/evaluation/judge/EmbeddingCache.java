package dev.forgetmenot.evaluation.judge;

import dev.forgetmenot.api.evaluation.ImageEmbedder;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsException;
import dev.forgetmenot.safetensors.SafetensorsFile;
import dev.forgetmenot.safetensors.SafetensorsLimits;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Embeddings of images on disk, so that images which were embedded once are neither drawn nor
 * embedded again. A list of images has one file, named by the digest of the embedder and of all
 * work units of the list; these hold the base, prompts, settings and seeds. Files are written
 * beside and moved into place, so several processes may share a folder.
 */
public final class EmbeddingCache {
  private static final String TENSOR = "embeddings"; // (n, D)

  private final Path folder;

  /** Where images come from, by the keys of their units. */
  @FunctionalInterface
  public interface ImageSource {
    /**
     * Images that exist already or are made now.
     *
     * @return one for each key, in order
     */
    List<RgbImage> images(List<String> keys) throws IOException;
  }

  /**
   * A cache in a folder, which is made when the first embeddings come.
   *
   * @param folder the folder
   */
  public EmbeddingCache(Path folder) {
    this.folder = folder;
  }

  /**
   * Embeddings of images.
   *
   * @param keys of their work units, at least one, 64 hexadecimal digits each
   * @param source asked only where these images were not embedded before
   * @return unit vectors (n, D), in the order of the keys
   * @throws IOException if images cannot be had, or embeddings not be written; a damaged file is
   *     made again
   */
  public float[][] of(ImageEmbedder embedder, List<String> keys, ImageSource source)
      throws IOException {
    Path file = file(embedder, keys);
    if (Files.isRegularFile(file)) {
      try {
        return read(file, keys.size());
      } catch (SafetensorsException e) {
        Files.delete(file); // damaged, or of another program
      }
    }
    float[][] rows = embedder.images(source.images(keys));
    write(file, rows);
    return rows;
  }

  private static float[][] read(Path file, int count) throws IOException {
    try (SafetensorsFile stored = SafetensorsFile.open(file, SafetensorsLimits.MODEL)) {
      float[] flat = stored.floats(TENSOR);
      int width = flat.length / count;
      float[][] rows = new float[count][];
      Arrays.setAll(rows, i -> Arrays.copyOfRange(flat, i * width, (i + 1) * width));
      return rows;
    }
  }

  private static void write(Path file, float[][] rows) throws IOException {
    int width = rows[0].length;
    float[] flat = new float[rows.length * width];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, flat, i * width, width);
    }
    Files.createDirectories(file.getParent());
    AtomicFile.write(
        file,
        new SafetensorsWriter()
            .add(TENSOR, DType.F32, new long[] {rows.length, width}, flat)
            .toBytes());
  }

  private Path file(ImageEmbedder embedder, List<String> keys) {
    String all = embedder.digest() + "\n" + String.join("\n", keys);
    String name = Sha256.hex(all.getBytes(StandardCharsets.US_ASCII));
    return folder.resolve(name.substring(0, 2)).resolve(name + ".safetensors");
  }
}

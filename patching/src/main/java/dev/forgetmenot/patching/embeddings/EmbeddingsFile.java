package dev.forgetmenot.patching.embeddings;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.patch.edit.Rows;
import dev.forgetmenot.safetensors.SafetensorsFile;
import dev.forgetmenot.safetensors.SafetensorsLimits;
import dev.forgetmenot.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Reads learned tokens from safetensors in each of the known forms:
 *
 * <ul>
 *   <li>one tensor a token, {@code <s1>} and so on, (d) or (1, d): what concept inversion saves;
 *   <li>diffusers' {@code learned_embeds.safetensors}: the token's name to (d) or (n, d), or {@code
 *       tok}, {@code tok_1} … for the vectors of one token;
 *   <li>A1111's and kohya's: {@code emb_params} (n, d), the token's name is the file's;
 *   <li>the original's {@code *}, the same;
 *   <li>{@code clip_l} and {@code clip_g}, of one token for the two text encoders of SDXL, which
 *       become rows side by side.
 * </ul>
 *
 * Pickles are refused by what is in them, whatever the file is called.
 */
public final class EmbeddingsFile {
  static final String A1111 = "emb_params";

  /**
   * What other programs call the only tensor of a file whose name is the token's; the asterisk is
   * the original's placeholder for any word.
   */
  private static final List<String> NAMELESS =
      List.of(A1111, "clip_l", "clip_h", "*", "string_to_param.*");

  /** Text encoders that Stable Diffusion 1.x, 2.x and XL have not. */
  private static final Map<String, String> OTHERS = Map.of("t5xxl", "SD 3 or Flux");

  static final String FIRST = "clip_l";
  static final String SECOND = "clip_g";

  private static final Pattern NUMBER = Pattern.compile("\\d+");

  private EmbeddingsFile() {}

  /**
   * Reads a file.
   *
   * @throws IOException if it is missing, broken, a pickle, or holds something else; the message
   *     says where, why and what to do
   */
  public static Embeddings read(Path file) throws IOException {
    try (SafetensorsFile stored = SafetensorsFile.open(file, SafetensorsLimits.MODEL)) {
      if (stored.tensors().isEmpty()) {
        throw new IOException(file + " holds no token");
      }
      for (Map.Entry<String, String> other : OTHERS.entrySet()) {
        if (stored.tensors().containsKey(other.getKey())) {
          throw new IOException(
              Message.of(
                  "%s was made for %s (it holds %s); take one for SD 1.x, 2.x or XL",
                  file, other.getValue(), other.getKey()));
        }
      }
      Map<String, Rows> tokens = new LinkedHashMap<>();
      for (String name : stored.tensors().keySet()) {
        tokens.put(name, rows(stored, name));
      }
      if (tokens.containsKey(SECOND)) {
        return new Embeddings(Map.of(token(file), both(file, tokens)));
      }
      if (tokens.size() == 1 && NAMELESS.contains(tokens.keySet().iterator().next())) {
        return new Embeddings(Map.of(token(file), tokens.values().iterator().next()));
      }
      return grouped(tokens);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " holds no learned tokens: " + e.getMessage(), e);
    }
  }

  /** The vectors of one token for two text encoders. */
  private static Rows both(Path file, Map<String, Rows> tokens) throws IOException {
    if (!tokens.keySet().equals(Set.of(FIRST, SECOND))) {
      throw new IOException(
          Message.of(
              "%s holds %s; a token for the two text encoders of SDXL is clip_l and clip_g, both of"
                  + " them and nothing else",
              file, tokens.keySet()));
    }
    return Embeddings.beside(tokens.get(FIRST), tokens.get(SECOND));
  }

  private static Rows rows(SafetensorsFile stored, String name) throws IOException {
    TensorInfo tensor = stored.tensors().get(name);
    long[] shape = tensor.shape();
    boolean fits = (shape.length == 1 || shape.length == 2) && tensor.elements() > 0;
    if (!fits || name.matches(".*\\s.*")) {
      throw new IllegalArgumentException(
          Message.of(
              "the tensor \"%s\" %s is not a token's: a token is called by a name without spaces"
                  + " and is (d) or (n, d)",
              name, Arrays.toString(shape)));
    }
    int width = Math.toIntExact(shape[shape.length - 1]);
    int count = shape.length == 1 ? 1 : Math.toIntExact(shape[0]);
    return new Rows(count, width, stored.floats(name));
  }

  private static String token(Path file) {
    String name = String.valueOf(file.getFileName()).replaceFirst("\\.[^.]+$", "");
    return name.strip().replaceAll("\\s+", "_");
  }

  /** Puts tok, tok_1, tok_2 … together; other tokens stay as they are, sorted by name. */
  private static Embeddings grouped(Map<String, Rows> stored) {
    Map<String, Rows> tokens = new LinkedHashMap<>();
    TreeSet<String> taken = new TreeSet<>();
    for (Map.Entry<String, Rows> entry : stored.entrySet()) {
      Map<String, Rows> parts = new LinkedHashMap<>();
      parts.put(entry.getKey(), entry.getValue());
      for (int i = 1; single(stored, entry.getKey(), i); i++) {
        parts.put(entry.getKey() + "_" + i, stored.get(entry.getKey() + "_" + i));
      }
      if (parts.size() > 1) {
        tokens.putAll(new Embeddings(parts).joined(entry.getKey()).tokens());
        taken.addAll(parts.keySet());
      }
    }
    stored.forEach(
        (name, rows) -> {
          if (!taken.contains(name)) {
            tokens.put(name, rows);
          }
        });
    return new Embeddings(inOrder(tokens));
  }

  /** Whether a token and its numbered part are vectors: only these are written in parts. */
  private static boolean single(Map<String, Rows> stored, String name, int part) {
    Rows rows = stored.get(name + "_" + part);
    return rows != null && rows.count() == 1 && stored.get(name).count() == 1;
  }

  /** By name, numbers by their value: s2 before s10. */
  private static Map<String, Rows> inOrder(Map<String, Rows> tokens) {
    Map<String, Rows> ordered = new LinkedHashMap<>();
    tokens.keySet().stream()
        .sorted(Comparator.comparing(EmbeddingsFile::padded))
        .forEach(name -> ordered.put(name, tokens.get(name)));
    return ordered;
  }

  private static String padded(String name) {
    return NUMBER
        .matcher(name)
        .replaceAll(
            number -> "0".repeat(Math.max(0, 9 - number.group().length())) + number.group());
  }
}

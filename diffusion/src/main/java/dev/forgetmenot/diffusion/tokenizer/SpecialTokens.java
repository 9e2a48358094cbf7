package dev.forgetmenot.diffusion.tokenizer;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;

/**
 * The tokens with a meaning of their own and the length of a prompt, as the small files of a
 * tokenizer folder name them.
 *
 * @param begin begin of text
 * @param end end of text
 * @param pad what fills up
 * @param length ids of a prompt, with begin, end and padding
 */
record SpecialTokens(String begin, String end, String pad, int length) {
  private static final int CLIP_LENGTH = 77;

  /** Libraries write 10³⁰ for "no limit"; CLIP has one. */
  private static final double NO_LIMIT = 1e6;

  static SpecialTokens read(TokenizerFiles files) throws IOException {
    JsonObject config = files.objectIfPresent(TokenizerFiles.CONFIG);
    JsonObject map = files.objectIfPresent("special_tokens_map.json");
    // As transformers does: the map is of older days and wins unless the config is of newer ones.
    boolean newer = config.has("added_tokens_decoder");
    JsonObject first = newer ? config : map;
    JsonObject second = newer ? map : config;
    return new SpecialTokens(
        token(first, second, "bos_token", "<|startoftext|>"),
        token(first, second, "eos_token", "<|endoftext|>"),
        token(first, second, "pad_token", "<|endoftext|>"),
        length(config, files));
  }

  private static String token(JsonObject first, JsonObject second, String key, String ofTheClass) {
    JsonElement value = first.has(key) ? first.get(key) : second.get(key);
    if (value != null && value.isJsonObject()) {
      value = value.getAsJsonObject().get("content");
    }
    return value != null && value.isJsonPrimitive() ? value.getAsString() : ofTheClass;
  }

  private static int length(JsonObject config, TokenizerFiles files) throws IOException {
    JsonElement value = config.get("model_max_length");
    if (value == null || value.isJsonNull()) {
      return CLIP_LENGTH;
    }
    double length;
    try {
      length = value.getAsDouble();
    } catch (NumberFormatException | UnsupportedOperationException | IllegalStateException e) {
      throw new IOException(
          files.where(TokenizerFiles.CONFIG) + ": model_max_length is not a number: " + value, e);
    }
    if (length < 3) {
      throw new IOException(
          files.where(TokenizerFiles.CONFIG)
              + ": model_max_length leaves no room for a prompt: "
              + value);
    }
    return length > NO_LIMIT ? CLIP_LENGTH : (int) length;
  }
}

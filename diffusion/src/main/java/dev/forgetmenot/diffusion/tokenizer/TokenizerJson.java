package dev.forgetmenot.diffusion.tokenizer;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.util.List;

/**
 * The {@code tokenizer.json} of a folder, made in memory where the folder has only {@code
 * vocab.json} and {@code merges.txt}, as folders of Stable Diffusion 1.x and 2.x have: the bare
 * byte-pair encoding that the library makes of the two files alone lacks CLIP's rules.
 */
final class TokenizerJson {
  /**
   * CLIP's words: runs of letters, single digits, runs of anything else; white space is dropped.
   */
  private static final String RULES =
      """
      {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
       "normalizer": {"type": "Sequence", "normalizers": [
         {"type": "NFC"},
         {"type": "Replace", "pattern": {"Regex": "\\\\s+"}, "content": " "},
         {"type": "Lowercase"}]},
       "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
         {"type": "Split", "behavior": "Removed", "invert": true, "pattern": {"Regex":
          "<\\\\|startoftext\\\\|>|<\\\\|endoftext\\\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\\\p{L}]+|[\\\\p{N}]|[^\\\\s\\\\p{L}\\\\p{N}]+"}},
         {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}]},
       "post_processor": null,
       "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
       "model": {"type": "BPE", "dropout": null, "continuing_subword_prefix": "",
         "end_of_word_suffix": "</w>", "fuse_unk": false, "byte_fallback": false,
         "ignore_merges": false}}
      """;

  private final JsonObject json;
  private final JsonObject vocabulary;

  private TokenizerJson(JsonObject json) {
    this.json = json;
    this.vocabulary = json.getAsJsonObject("model").getAsJsonObject("vocab");
  }

  static TokenizerJson read(TokenizerFiles files, SpecialTokens special) throws IOException {
    boolean pair = files.has(TokenizerFiles.VOCAB) && files.has(TokenizerFiles.MERGES);
    if (!pair && !files.has(TokenizerFiles.WHOLE)) {
      throw new IOException(
          files.where()
              + " holds neither vocab.json and merges.txt nor tokenizer.json: is the download"
              + " complete?");
    }
    TokenizerJson json = pair ? ofPair(files, special) : ofWhole(files);
    for (String token : List.of(special.begin(), special.end())) {
      json.addIfMissing(token, json.id(token, files.where()), true);
    }
    JsonObject added = files.objectIfPresent("added_tokens.json");
    for (String token : added.keySet()) {
      json.addIfMissing(token, added.get(token).getAsInt(), false);
    }
    return json;
  }

  private static TokenizerJson ofPair(TokenizerFiles files, SpecialTokens special)
      throws IOException {
    JsonObject json = JsonParser.parseString(RULES).getAsJsonObject();
    JsonObject vocabulary = files.object(TokenizerFiles.VOCAB);
    String vocabFile = files.where(TokenizerFiles.VOCAB);
    for (String piece : vocabulary.keySet()) {
      if (!isId(vocabulary.get(piece))) {
        throw new IOException(vocabFile + ": the id of \"" + piece + "\" is no whole number");
      }
    }
    JsonArray merges = new JsonArray();
    for (String merge : files.merges()) {
      if (!vocabulary.has(merge.replace(" ", ""))) {
        throw new IOException(
            files.where(TokenizerFiles.MERGES)
                + ": \""
                + merge
                + "\" makes a piece that vocab.json lacks: do the files belong together?");
      }
      merges.add(merge);
    }
    JsonObject model = json.getAsJsonObject("model");
    model.addProperty("unk_token", special.end());
    model.add("vocab", vocabulary);
    model.add("merges", merges);
    return new TokenizerJson(json);
  }

  private static boolean isId(JsonElement value) {
    return value.isJsonPrimitive()
        && value.getAsJsonPrimitive().isNumber()
        && value.getAsDouble() >= 0
        && value.getAsDouble() == Math.rint(value.getAsDouble());
  }

  private static TokenizerJson ofWhole(TokenizerFiles files) throws IOException {
    JsonObject json = files.object(TokenizerFiles.WHOLE);
    JsonElement model = json.get("model");
    if (model == null
        || !model.isJsonObject()
        || !(model.getAsJsonObject().get("vocab") instanceof JsonObject)) {
      throw new IOException(files.where(TokenizerFiles.WHOLE) + " has no model with a vocab");
    }
    json.add("truncation", JsonNull.INSTANCE);
    json.add("padding", JsonNull.INSTANCE);
    return new TokenizerJson(json);
  }

  /** The id of a token that must be there. */
  int id(String token, String where) throws IOException {
    for (JsonElement added : addedTokens()) {
      if (content(added).equals(token)) {
        return added.getAsJsonObject().get("id").getAsInt();
      }
    }
    if (!vocabulary.has(token)) {
      throw new IOException(where + ": the vocabulary lacks the token " + token);
    }
    return vocabulary.get(token).getAsInt();
  }

  boolean knows(String token) {
    for (JsonElement added : addedTokens()) {
      if (content(added).equalsIgnoreCase(token)) {
        return true; // added tokens are found in any case of letters
      }
    }
    return vocabulary.has(token);
  }

  /** Adds a token behind all others. */
  int add(String token) {
    int id = size();
    addIfMissing(token, id, false);
    return id;
  }

  /**
   * Takes the newest token off.
   *
   * @return its id
   * @throws IllegalStateException if the newest is another one
   */
  int remove(String token) {
    int last = addedTokens().size() - 1;
    if (last < 0 || !content(addedTokens().get(last)).equals(token)) {
      throw new IllegalStateException(
          "tokens that were added after \"" + token + "\" must be taken off first");
    }
    return addedTokens().remove(last).getAsJsonObject().get("id").getAsInt();
  }

  private static String content(JsonElement added) {
    return added.getAsJsonObject().get("content").getAsString();
  }

  /** One more than the largest id. */
  int size() {
    int largest = -1;
    for (String piece : vocabulary.keySet()) {
      largest = Math.max(largest, vocabulary.get(piece).getAsInt());
    }
    for (JsonElement added : addedTokens()) {
      largest = Math.max(largest, added.getAsJsonObject().get("id").getAsInt());
    }
    return largest + 1;
  }

  private void addIfMissing(String token, int id, boolean special) {
    for (JsonElement added : addedTokens()) {
      if (content(added).equals(token)) {
        return;
      }
    }
    JsonObject added = new JsonObject();
    added.addProperty("id", id);
    added.addProperty("content", token);
    // A name that is itself a word stands for itself only, not for a part of a longer word.
    added.addProperty("single_word", !special && isWord(token));
    added.addProperty("lstrip", false);
    added.addProperty("rstrip", false);
    added.addProperty("normalized", !special); // found in any case of letters, as transformers does
    added.addProperty("special", special);
    addedTokens().add(added);
  }

  private static boolean isWord(String token) {
    return Character.isLetterOrDigit(token.codePointAt(0))
        && Character.isLetterOrDigit(token.codePointBefore(token.length()));
  }

  private JsonArray addedTokens() {
    if (!json.has("added_tokens")) {
      json.add("added_tokens", new JsonArray());
    }
    return json.getAsJsonArray("added_tokens");
  }

  @Override
  public String toString() {
    return json.toString();
  }
}

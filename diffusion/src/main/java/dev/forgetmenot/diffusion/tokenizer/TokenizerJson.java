package dev.forgetmenot.diffusion.tokenizer;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

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

  /** What the last piece of a word ends with in the vocabulary. */
  static final String END_OF_WORD = "</w>";

  private static final String VOCAB = "vocab";
  private static final String MERGES = "merges";

  private final JsonObject json; // without the vocabulary and merges, which are large
  private final TokenizerContent content;
  private final JsonArray added;
  private final Set<Integer> ids = new HashSet<>(); // of the words, once they were asked for
  private int size; // one more than the largest id
  private String words; // the vocabulary and merges as JSON, made once

  private TokenizerJson(JsonObject json, TokenizerContent content) {
    this.json = json;
    this.content = content;
    if (!(json.get("added_tokens") instanceof JsonArray)) {
      json.add("added_tokens", new JsonArray());
    }
    this.added = json.getAsJsonArray("added_tokens");
    for (int id : content.words().values()) {
      size = Math.max(size, id + 1);
    }
  }

  static TokenizerJson read(TokenizerFiles files, SpecialTokens special) throws IOException {
    TokenizerContent content = files.content();
    JsonObject rest;
    if (content.rest() == null) {
      rest = JsonParser.parseString(RULES).getAsJsonObject();
      rest.getAsJsonObject("model").addProperty("unk_token", special.end());
    } else {
      rest = content.rest().deepCopy();
      rest.add("truncation", JsonNull.INSTANCE);
      rest.add("padding", JsonNull.INSTANCE);
    }
    TokenizerJson json = new TokenizerJson(rest, content);
    for (String token : List.of(special.begin(), special.end())) {
      json.addIfMissing(token, json.id(token, files.where()), true);
    }
    content.added().forEach((token, id) -> json.addIfMissing(token, id, false));
    for (JsonElement one : json.added) {
      json.size = Math.max(json.size, one.getAsJsonObject().get("id").getAsInt() + 1);
    }
    return json;
  }

  /** The id of a token that must be there. */
  int id(String token, String where) throws IOException {
    for (JsonElement one : added) {
      if (content(one).equals(token)) {
        return one.getAsJsonObject().get("id").getAsInt();
      }
    }
    Integer id =
        content.words().containsKey(token)
            ? content.words().get(token)
            : content.added().get(token);
    if (id == null) {
      throw new IOException(where + ": the vocabulary lacks the token " + token);
    }
    return id;
  }

  /** Whether a token has this id. */
  boolean has(int id) {
    if (ids.isEmpty()) {
      ids.addAll(content.words().values());
    }
    return ids.contains(id)
        || added.asList().stream()
            .anyMatch(one -> one.getAsJsonObject().get("id").getAsInt() == id);
  }

  boolean knows(String token) {
    for (JsonElement one : added) {
      if (content(one).equalsIgnoreCase(token)) {
        return true; // added tokens are found in any case of letters
      }
    }
    return content.words().containsKey(token);
  }

  /** Whether a prompt says a token, in any case of letters, without one being added. */
  boolean says(String token) {
    String folded = token.toLowerCase(Locale.ROOT);
    return knows(token)
        || content.words().containsKey(folded)
        || content.words().containsKey(folded + END_OF_WORD);
  }

  int add(String token) {
    int id = size;
    addIfMissing(token, id, false);
    size = id + 1;
    return id;
  }

  /**
   * Takes the newest token off.
   *
   * @return its id
   * @throws IllegalStateException if the newest is another one
   */
  int remove(String token) {
    int last = added.size() - 1;
    if (last < 0 || !content(added.get(last)).equals(token)) {
      throw new IllegalStateException(
          "tokens that were added after \"" + token + "\" must be taken off first");
    }
    int id = added.remove(last).getAsJsonObject().get("id").getAsInt();
    size = id;
    return id;
  }

  private static String content(JsonElement added) {
    return added.getAsJsonObject().get("content").getAsString();
  }

  private void addIfMissing(String token, int id, boolean special) {
    for (JsonElement one : added) {
      if (content(one).equals(token)) {
        return;
      }
    }
    JsonObject one = new JsonObject();
    one.addProperty("id", id);
    one.addProperty("content", token);
    // A name that is itself a word stands for itself only, not for a part of a longer word.
    one.addProperty("single_word", !special && isWord(token));
    one.addProperty("lstrip", false);
    one.addProperty("rstrip", false);
    one.addProperty("normalized", !special); // found in any case of letters, as transformers does
    one.addProperty("special", special);
    added.add(one);
  }

  private static boolean isWord(String token) {
    return Character.isLetterOrDigit(token.codePointAt(0))
        && Character.isLetterOrDigit(token.codePointBefore(token.length()));
  }

  /** The whole as the tokenizers library reads it. */
  @Override
  public String toString() {
    if (words == null) {
      words = words();
    }
    StringBuilder text = new StringBuilder(words.length() + 4096).append('{');
    for (Map.Entry<String, JsonElement> member : json.entrySet()) {
      text.append(text.length() == 1 ? "" : ",");
      Spelling.quote(member.getKey(), false, text);
      text.append(':');
      if (member.getKey().equals("model")) {
        String model = member.getValue().toString();
        text.append(model, 0, model.length() - 1)
            .append(model.equals("{}") ? "" : ",")
            .append(words)
            .append('}');
      } else {
        text.append(member.getValue());
      }
    }
    return text.append('}').toString();
  }

  private String words() {
    StringBuilder text = new StringBuilder(1 << 16);
    Spelling.quote(VOCAB, false, text);
    text.append(":{");
    String between = "";
    for (Map.Entry<String, Integer> word : content.words().entrySet()) {
      text.append(between);
      Spelling.quote(word.getKey(), false, text);
      text.append(':').append((int) word.getValue());
      between = ",";
    }
    text.append("},");
    Spelling.quote(MERGES, false, text);
    text.append(":[");
    between = "";
    for (String merge : content.merges()) {
      text.append(between);
      Spelling.quote(merge, false, text);
      between = ",";
    }
    return text.append(']').toString();
  }
}

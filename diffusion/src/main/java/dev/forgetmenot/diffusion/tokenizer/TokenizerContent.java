package dev.forgetmenot.diffusion.tokenizer;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.forgetmenot.files.JsonText;
import dev.forgetmenot.files.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The words and merges of a tokenizer, read once from {@code vocab.json} and {@code merges.txt} or
 * from {@code tokenizer.json}. Immutable but for {@link #rest}, which its one user copies.
 *
 * @param words the vocabulary of the byte-pair encoding: piece to id
 * @param merges in order, each two pieces with a space between them
 * @param added words beside the vocabulary, such as {@code added_tokens.json} and the member {@code
 *     added_tokens} name them: word to id; those that the vocabulary has too are left out
 * @param rest of a {@code tokenizer.json} what is neither, without {@code model.vocab} and {@code
 *     model.merges}; null for the two files
 */
record TokenizerContent(
    Map<String, Integer> words, List<String> merges, Map<String, Integer> added, JsonObject rest) {
  /** CLIP's has 49,408 words. */
  private static final int ROOM = 1 << 17;

  private static final Pattern MERGE = Pattern.compile("\\S+ \\S+");

  static TokenizerContent read(TokenizerFiles files) throws IOException {
    if (files.hasPair()) {
      Map<String, Integer> words =
          JsonText.read(
              files.where(TokenizerFiles.VOCAB),
              files.bytes(TokenizerFiles.VOCAB),
              reader -> words(files.where(TokenizerFiles.VOCAB), reader));
      return of(files, words, merges(files, words), new LinkedHashMap<>(), null);
    }
    String where = files.where(TokenizerFiles.WHOLE);
    return JsonText.read(
        where, files.bytes(TokenizerFiles.WHOLE), reader -> whole(files, where, reader));
  }

  private static TokenizerContent of(
      TokenizerFiles files,
      Map<String, Integer> words,
      List<String> merges,
      Map<String, Integer> added,
      JsonObject rest)
      throws IOException {
    JsonObject more = files.objectIfPresent(TokenizerFiles.ADDED);
    for (String word : more.keySet()) {
      added.putIfAbsent(
          word, id(files.where(TokenizerFiles.ADDED), word, more.get(word).toString()));
    }
    added.keySet().removeAll(words.keySet());
    return new TokenizerContent(words, merges, added, rest);
  }

  /** An object of pieces with their ids. */
  private static Map<String, Integer> words(String where, JsonReader reader) throws IOException {
    Map<String, Integer> words = new HashMap<>(ROOM);
    reader.beginObject();
    while (reader.hasNext()) {
      String word = reader.nextName();
      JsonToken token = reader.peek();
      if (token != JsonToken.NUMBER) {
        throw noId(where, word);
      }
      words.put(word, id(where, word, reader.nextString()));
    }
    reader.endObject();
    return words;
  }

  private static int id(String where, String word, String text) throws IOException {
    try {
      int id = Integer.parseInt(text);
      if (id >= 0) {
        return id;
      }
    } catch (NumberFormatException e) {
      // refused below, like a negative one
    }
    throw noId(where, word);
  }

  private static IOException noId(String where, String word) {
    return new IOException(where + ": the id of \"" + word + "\" is not a whole number");
  }

  private static List<String> merges(TokenizerFiles files, Map<String, Integer> words)
      throws IOException {
    List<String> merges = new ArrayList<>(words.size());
    int number = 0;
    for (String line : files.text(TokenizerFiles.MERGES).lines().toList()) {
      number++;
      if (line.isBlank() || (number == 1 && line.startsWith("#version"))) {
        continue;
      }
      if (!MERGE.matcher(line).matches()) {
        throw new IOException(
            Message.of(
                "%s, line %s: expected two pieces with a space between them, not \"%s\"",
                files.where(TokenizerFiles.MERGES), number, line));
      }
      if (!words.containsKey(line.replace(" ", ""))) {
        throw new IOException(
            Message.of(
                "%s: \"%s\" makes a piece that vocab.json lacks: do the files belong together?",
                files.where(TokenizerFiles.MERGES), line));
      }
      merges.add(line);
    }
    return merges;
  }

  private static TokenizerContent whole(TokenizerFiles files, String where, JsonReader reader)
      throws IOException {
    JsonObject rest = new JsonObject();
    Map<String, Integer> words = null;
    List<String> merges = new ArrayList<>();
    reader.beginObject();
    while (reader.hasNext()) {
      String key = reader.nextName();
      if (!key.equals("model") || reader.peek() != JsonToken.BEGIN_OBJECT) {
        rest.add(key, JsonParser.parseReader(reader));
        continue;
      }
      JsonObject model = new JsonObject();
      reader.beginObject();
      while (reader.hasNext()) {
        String member = reader.nextName();
        if (member.equals("vocab") && reader.peek() == JsonToken.BEGIN_OBJECT) {
          words = words(where, reader);
        } else if (member.equals("merges") && reader.peek() == JsonToken.BEGIN_ARRAY) {
          merges = merges(where, reader);
        } else {
          model.add(member, JsonParser.parseReader(reader));
        }
      }
      reader.endObject();
      rest.add(key, model);
    }
    reader.endObject();
    if (words == null) {
      throw new IOException(where + " has no model with a vocab");
    }
    Map<String, Integer> added = new LinkedHashMap<>();
    if (rest.get("added_tokens") instanceof com.google.gson.JsonArray tokens) {
      for (JsonElement token : tokens) {
        JsonObject one = token.getAsJsonObject();
        String word = one.get("content").getAsString();
        added.put(word, id(where, word, one.get("id").toString()));
      }
    }
    return of(files, words, merges, added, rest);
  }

  /** Texts of two pieces, or lists of two. */
  private static List<String> merges(String where, JsonReader reader) throws IOException {
    List<String> merges = new ArrayList<>(ROOM);
    reader.beginArray();
    while (reader.hasNext()) {
      String merge;
      if (reader.peek() == JsonToken.BEGIN_ARRAY) {
        reader.beginArray();
        merge = reader.nextString() + " " + reader.nextString();
        reader.endArray();
      } else {
        merge = reader.nextString();
      }
      if (!MERGE.matcher(merge).matches()) {
        throw new IOException(
            where + ": expected merges of two pieces without spaces, not \"" + merge + "\"");
      }
      merges.add(merge);
    }
    reader.endArray();
    return merges;
  }
}

package dev.forgetmenot.diffusion.tokenizer;

import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.diffusion.engine.EngineCache;
import dev.forgetmenot.files.Message;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Prompts to the ids that CLIP's text encoder reads: begin, the prompt's, end, padding. Mutable
 * through {@link #addTokens} and {@link #removeTokens} only; for one thread at a time. Whoever
 * reads it closes it.
 */
public final class ClipTokenizer implements AutoCloseable {
  private final TokenizerJson json;
  private final int length;
  private final int begin;
  private final int end;
  private final int pad;

  /** What the tokenizer's own ids of added tokens stand for. */
  private final Map<Integer, List<Integer>> meanings = new HashMap<>();

  /**
   * Made when it is first used, and anew after tokens were added or taken off: the library reads a
   * megabyte of JSON for it, once for all that was put on meanwhile. Null until then.
   */
  private HuggingFaceTokenizer tokenizer;

  private final String where;

  private ClipTokenizer(TokenizerFiles files, SpecialTokens special) throws IOException {
    this.json = TokenizerJson.read(files, special);
    this.length = special.length();
    this.begin = json.id(special.begin(), files.where());
    this.end = json.id(special.end(), files.where());
    this.pad = json.id(special.pad(), files.where());
    requireNativeCode();
    this.where = files.where();
  }

  /**
   * Reads a tokenizer.
   *
   * @param folder with {@code vocab.json} and {@code merges.txt}, or else {@code tokenizer.json};
   *     {@code tokenizer_config.json}, {@code special_tokens_map.json} and {@code
   *     added_tokens.json} may be there
   * @throws IOException if a file is missing or broken; the message names it
   */
  public static ClipTokenizer read(Path folder) throws IOException {
    return read(TokenizerFiles.of(folder));
  }

  /** Reads a tokenizer from its files; see {@link #read(Path)}. */
  public static ClipTokenizer read(TokenizerFiles files) throws IOException {
    return new ClipTokenizer(files, SpecialTokens.read(files));
  }

  private static void requireNativeCode() {
    try {
      LibUtils.checkStatus();
    } catch (EngineException | LinkageError e) {
      throw EngineCache.ofTokenizers().explain("the tokenizer", e);
    }
  }

  /**
   * Which of these tokens the files know already as a word or a piece of one, in any case of
   * letters, so that they cannot be added.
   *
   * @throws IOException if a file is missing or broken; the message names it
   */
  public static List<String> known(TokenizerFiles files, Collection<String> tokens)
      throws IOException {
    TokenizerJson json = TokenizerJson.read(files, SpecialTokens.read(files));
    return tokens.stream().filter(json::says).toList();
  }

  private HuggingFaceTokenizer tokenizer() {
    if (tokenizer == null) {
      byte[] bytes = json.toString().getBytes(StandardCharsets.UTF_8);
      Map<String, String> options =
          Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");
      try {
        tokenizer = HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(bytes), options);
      } catch (IOException | RuntimeException e) {
        throw new IllegalStateException(
            where
                + " makes no tokenizer: the tokenizers library refuses it ("
                + e.getMessage()
                + "). Get the folder again, or use its vocab.json and merges.txt.",
            e);
      }
    }
    return tokenizer;
  }

  /** Ids of a prompt; what does not fit is cut off and said. */
  public TokenizedPrompt encode(String prompt) {
    Encoding encoding = tokenizer().encode(prompt);
    Pieces pieces = pieces(encoding);
    int fits = Math.min(pieces.ids.size(), room());
    List<Integer> ids = framed(pieces.ids.subList(0, fits));
    return new TokenizedPrompt(prompt, ids, ids.indexOf(end), cut(prompt, encoding, pieces, fits));
  }

  /** How many ids fit between begin and end. */
  public int room() {
    return length - 2;
  }

  /**
   * Begin, the ids, end, padding.
   *
   * @throws IllegalArgumentException if there are more ids than {@link #room}
   */
  public List<Integer> framed(List<Integer> given) {
    if (given.size() > room()) {
      throw new IllegalArgumentException(
          Message.of(
              "%s token ids do not fit between begin and end; expected at most %s, as a token that"
                  + " was learned may have vectors",
              given.size(), room()));
    }
    var ids = new ArrayList<Integer>(length);
    ids.add(begin);
    ids.addAll(given);
    ids.add(end);
    while (ids.size() < length) {
      ids.add(pad);
    }
    return ids;
  }

  /** The prompt's text from the first piece on that does not fit. */
  private static String cut(String prompt, Encoding encoding, Pieces pieces, int room) {
    if (room == pieces.ids.size()) {
      return "";
    }
    int codePoints = encoding.getCharTokenSpans()[pieces.origins.get(room)].getStart();
    return prompt.substring(prompt.offsetByCodePoints(0, codePoints)).strip();
  }

  /** Ids of a text alone, without begin, end and padding, of any length. */
  public List<Integer> pieces(String text) {
    return List.copyOf(pieces(tokenizer().encode(text)).ids);
  }

  /** The same, those of one word piece or of one added token together. */
  public List<List<Integer>> groups(String text) {
    return Arrays.stream(tokenizer().encode(text).getIds())
        .mapToObj(own -> meanings.getOrDefault((int) own, List.of((int) own)))
        .toList();
  }

  /** The tokenizer's own pieces of a text as the vocabulary writes them. */
  public List<String> tokens(String text) {
    return List.of(tokenizer().encode(text).getTokens());
  }

  /**
   * The text of ids as the text encoder knows them, without begin, end and padding.
   *
   * @throws IllegalArgumentException if an id is unknown, or only a part of an added token's
   */
  public String decode(List<Integer> ids) {
    List<Long> own = new ArrayList<>();
    for (int at = 0; at < ids.size(); ) {
      List<Integer> rest = ids.subList(at, ids.size());
      Optional<Map.Entry<Integer, List<Integer>>> added =
          meanings.entrySet().stream()
              .filter(
                  entry ->
                      rest.subList(0, Math.min(rest.size(), entry.getValue().size()))
                          .equals(entry.getValue()))
              .findFirst();
      int id = added.map(Map.Entry::getKey).orElse(rest.get(0));
      if (added.isEmpty() && (meanings.containsKey(id) || !json.has(id))) {
        throw new IllegalArgumentException("the tokenizer has no token of the id " + id);
      }
      own.add((long) id);
      at += added.map(entry -> entry.getValue().size()).orElse(1);
    }
    String joined = tokenizer().decode(own.stream().mapToLong(Long::longValue).toArray(), false);
    return joined.replace(TokenizerJson.END_OF_WORD, " ").strip();
  }

  /**
   * Ids as the text encoder knows them.
   *
   * @param origins for each id the index of the tokenizer's own piece that it comes from
   */
  private record Pieces(List<Integer> ids, List<Integer> origins) {}

  private Pieces pieces(Encoding encoding) {
    Pieces pieces = new Pieces(new ArrayList<>(), new ArrayList<>());
    long[] own = encoding.getIds();
    for (int i = 0; i < own.length; i++) {
      for (int id : meanings.getOrDefault((int) own[i], List.of((int) own[i]))) {
        pieces.ids.add(id);
        pieces.origins.add(i);
      }
    }
    return pieces;
  }

  /**
   * Adds tokens. They are found in a prompt before it is split into pieces, in any case of letters;
   * one that begins and ends with a letter or digit only as a word of its own.
   *
   * @param tokens name to the ids that it stands for, at least one
   * @throws IllegalArgumentException if a token is empty, has white space, is there already or
   *     twice
   */
  public void addTokens(Map<String, List<Integer>> tokens) {
    Set<String> folded = new HashSet<>();
    for (String token : tokens.keySet()) {
      if (token.isEmpty() || token.chars().anyMatch(Character::isWhitespace)) {
        throw new IllegalArgumentException(
            "a token has letters and no white space: \"" + token + "\"");
      }
      if (json.knows(token) || !folded.add(token.toLowerCase(Locale.ROOT))) {
        throw new IllegalArgumentException(
            "the token \""
                + token
                + "\" is there already; name it otherwise: fmn patch import"
                + " FILE --token NAME makes a patch of a file of tokens");
      }
    }
    tokens.forEach((token, ids) -> meanings.put(json.add(token), List.copyOf(ids)));
    close();
  }

  /**
   * Takes added tokens off.
   *
   * @param tokens the newest, in the order in which they were added
   * @throws IllegalStateException if they are not the newest
   */
  public void removeTokens(List<String> tokens) {
    for (int i = tokens.size() - 1; i >= 0; i--) {
      meanings.remove(json.remove(tokens.get(i)));
    }
    close();
  }

  /** The ids of begin, end and padding. */
  public Set<Integer> frame() {
    return Set.copyOf(List.of(begin, end, pad));
  }

  /** The id of end-of-text. */
  public int endOfText() {
    return end;
  }

  @Override
  public void close() {
    if (tokenizer != null) {
      tokenizer.close();
      tokenizer = null;
    }
  }
}

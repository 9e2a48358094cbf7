package dev.forgetmenot.diffusion.tokenizer;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.forgetmenot.api.model.TokenizedPrompt;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Prompts to the ids that CLIP's text encoder reads: begin, the prompt's, end, padding. Mutable
 * through {@link #addTokens} only; for one thread at a time. Whoever reads it closes it.
 */
public final class ClipTokenizer implements AutoCloseable {
  private final TokenizerJson json;
  private final int length;
  private final int begin;
  private final int end;
  private final int pad;
  private final String vocabSha256;
  private final String mergesSha256;
  private HuggingFaceTokenizer tokenizer;

  private ClipTokenizer(TokenizerFiles files, SpecialTokens special) throws IOException {
    this.json = TokenizerJson.read(files, special);
    this.length = special.length();
    this.begin = json.id(special.begin(), files.folder());
    this.end = json.id(special.end(), files.folder());
    this.pad = json.id(special.pad(), files.folder());
    this.vocabSha256 = files.sha256(TokenizerFiles.VOCAB);
    this.mergesSha256 = files.sha256(TokenizerFiles.MERGES);
    try {
      this.tokenizer = open();
    } catch (RuntimeException e) {
      throw new IOException(
          files.folder() + ": these files make no tokenizer: " + e.getMessage(), e);
    }
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
    TokenizerFiles files = new TokenizerFiles(folder);
    return new ClipTokenizer(files, SpecialTokens.read(files));
  }

  private HuggingFaceTokenizer open() throws IOException {
    byte[] bytes = json.toString().getBytes(StandardCharsets.UTF_8);
    Map<String, String> options =
        Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");
    return HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(bytes), options);
  }

  /** Ids of a prompt; what does not fit is cut off and said. */
  public TokenizedPrompt encode(String prompt) {
    Encoding encoding = tokenizer.encode(prompt);
    long[] pieces = encoding.getIds();
    int room = Math.min(pieces.length, length - 2);
    var ids = new ArrayList<Integer>(length);
    ids.add(begin);
    for (int i = 0; i < room; i++) {
      ids.add((int) pieces[i]);
    }
    ids.add(end);
    while (ids.size() < length) {
      ids.add(pad);
    }
    return new TokenizedPrompt(prompt, ids, ids.indexOf(end), cut(prompt, encoding, room));
  }

  /** The prompt's text from the first piece on that does not fit. */
  private static String cut(String prompt, Encoding encoding, int room) {
    if (room == encoding.getIds().length) {
      return "";
    }
    int codePoints = encoding.getCharTokenSpans()[room].getStart();
    return prompt.substring(prompt.offsetByCodePoints(0, codePoints)).strip();
  }

  /** Ids of a text alone, without begin, end and padding, of any length. */
  public List<Integer> pieces(String text) {
    return Arrays.stream(tokenizer.encode(text).getIds()).mapToObj(id -> (int) id).toList();
  }

  /**
   * Adds tokens with new ids behind all others. They are found in a prompt before it is split into
   * pieces, in any case of letters.
   *
   * @return their ids, in order
   * @throws IllegalArgumentException if a token is empty, has white space, is there already or
   *     twice
   */
  public List<Integer> addTokens(List<String> tokens) {
    for (int i = 0; i < tokens.size(); i++) {
      String token = tokens.get(i);
      if (token.isEmpty() || token.chars().anyMatch(Character::isWhitespace)) {
        throw new IllegalArgumentException(
            "a token has letters and no white space: \"" + token + "\"");
      }
      if (json.knows(token) || tokens.indexOf(token) != i) {
        throw new IllegalArgumentException(
            "the token \"" + token + "\" is there already; choose another name");
      }
    }
    List<Integer> ids = tokens.stream().map(json::add).toList();
    try {
      HuggingFaceTokenizer larger = open();
      tokenizer.close();
      tokenizer = larger;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return ids;
  }

  /** Ids of a prompt with begin, end and padding. */
  public int length() {
    return length;
  }

  /** The id of end-of-text. */
  public int endOfText() {
    return end;
  }

  /** One more than the largest id. */
  public int size() {
    return json.size();
  }

  /** SHA-256 of vocab.json, hex; empty for a folder with tokenizer.json alone. */
  public String vocabSha256() {
    return vocabSha256;
  }

  /** SHA-256 of merges.txt, hex; empty for a folder with tokenizer.json alone. */
  public String mergesSha256() {
    return mergesSha256;
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}

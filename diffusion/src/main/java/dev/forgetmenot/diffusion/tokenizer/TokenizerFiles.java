package dev.forgetmenot.diffusion.tokenizer;

import com.google.gson.JsonObject;
import dev.forgetmenot.api.model.TokenizerIdentity;
import dev.forgetmenot.files.JsonText;
import dev.forgetmenot.files.Sha256;
import java.io.File;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The files of a tokenizer: those of a {@code tokenizer} folder, or CLIP's own that come with the
 * program.
 */
public final class TokenizerFiles {
  static final String VOCAB = "vocab.json";
  static final String MERGES = "merges.txt";
  static final String WHOLE = "tokenizer.json";
  static final String CONFIG = "tokenizer_config.json";
  static final String ADDED = "added_tokens.json";

  @FunctionalInterface
  private interface Source {
    /** The bytes of a file, or nothing if there is none. */
    Optional<byte[]> read(String name) throws IOException;
  }

  private final String where;
  private final String before; // of a file's name in messages
  private final Predicate<String> there;
  private final Source source;
  private TokenizerContent content;

  private TokenizerFiles(String where, String before, Predicate<String> there, Source source) {
    this.where = where;
    this.before = before;
    this.there = there;
    this.source = source;
  }

  /** The files of a folder. */
  public static TokenizerFiles of(Path folder) {
    return new TokenizerFiles(
        folder.toString(),
        folder + File.separator,
        name -> Files.isRegularFile(folder.resolve(name)),
        name -> {
          try {
            Path file = folder.resolve(name);
            return Files.isRegularFile(file)
                ? Optional.of(Files.readAllBytes(file))
                : Optional.empty();
          } catch (NoSuchFileException e) {
            return Optional.empty();
          }
        });
  }

  /**
   * CLIP's vocabulary of 49,408 tokens, which all Stable Diffusion 1.x and 2.x were trained with.
   *
   * @param pad what fills up a prompt: end-of-text for 1.x, {@code !} for 2.x
   */
  public static TokenizerFiles clip(String pad) {
    JsonObject config = new JsonObject();
    config.addProperty("pad_token", pad);
    byte[] bytes = config.toString().getBytes(StandardCharsets.UTF_8);
    return new TokenizerFiles(
        "CLIP's vocabulary",
        "CLIP's ",
        Set.of(VOCAB, MERGES, CONFIG)::contains,
        name ->
            switch (name) {
              case VOCAB, MERGES -> Optional.of(resource("clip-bpe/" + name));
              case CONFIG -> Optional.of(bytes);
              default -> Optional.empty();
            });
  }

  private static byte[] resource(String name) throws IOException {
    try (var in = TokenizerFiles.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException(
            "the program lacks its part " + name + ": it was not built or installed in full");
      }
      return in.readAllBytes();
    }
  }

  /** What to call these files in messages. */
  public String where() {
    return where;
  }

  /** What to call one of them. */
  String where(String name) {
    return before + name;
  }

  /** Whether there is a file, without reading it. */
  boolean has(String name) {
    return there.test(name);
  }

  /** Whether there are vocab.json and merges.txt. */
  boolean hasPair() {
    return has(VOCAB) && has(MERGES);
  }

  /**
   * Checks that there are words and merges to read; they are read when they are needed.
   *
   * @throws IOException if there are none; the message says what is there instead
   */
  public void require() throws IOException {
    if (!hasPair() && !has(WHOLE)) {
      String half = has(VOCAB) ? VOCAB : has(MERGES) ? MERGES : "";
      throw new IOException(
          where()
              + " holds neither vocab.json and merges.txt nor tokenizer.json"
              + (half.isEmpty() ? "" : ", only " + half)
              + ": is the download complete? Without them prompts cannot be read and patches not"
              + " be bound to the vocabulary; get the tokenizer folder of the model again.");
    }
  }

  /**
   * The words and merges, read at the first call.
   *
   * @throws IOException if they are missing or broken; the message names the file
   */
  synchronized TokenizerContent content() throws IOException {
    if (content == null) {
      require();
      content = TokenizerContent.read(this);
    }
    return content;
  }

  /** What these files are, in whatever spelling. */
  public TokenizerIdentity identity() {
    return new SpelledTokenizer(this);
  }

  /** Whether there is a file and these are its bytes. */
  boolean isFile(String name, String sha256) throws IOException {
    return hasPair() && Sha256.hex(bytes(name)).equals(sha256);
  }

  JsonObject object(String name) throws IOException {
    return JsonText.object(where(name), bytes(name));
  }

  /** The same, empty if there is no such file. */
  JsonObject objectIfPresent(String name) throws IOException {
    return has(name) ? object(name) : new JsonObject();
  }

  String text(String name) throws IOException {
    try {
      return JsonText.text(bytes(name));
    } catch (CharacterCodingException e) {
      throw new IOException(where(name) + " is not UTF-8 text", e);
    }
  }

  byte[] bytes(String name) throws IOException {
    return source
        .read(name)
        .orElseThrow(() -> new NoSuchFileException(where(name) + " is missing"));
  }
}

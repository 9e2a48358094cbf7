package dev.forgetmenot.diffusion.tokenizer;

import com.google.gson.JsonObject;
import dev.forgetmenot.files.JsonText;
import dev.forgetmenot.files.Sha256;
import java.io.File;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The files of a tokenizer: those of a {@code tokenizer} folder, or CLIP's own that come with the
 * program.
 */
public final class TokenizerFiles {
  static final String VOCAB = "vocab.json";
  static final String MERGES = "merges.txt";
  static final String WHOLE = "tokenizer.json";
  static final String CONFIG = "tokenizer_config.json";

  @FunctionalInterface
  private interface Source {
    /** The bytes of a file, or nothing if there is none. */
    Optional<byte[]> read(String name) throws IOException;
  }

  private final String where;
  private final String before; // of a file's name in messages
  private final Source source;

  private TokenizerFiles(String where, String before, Source source) {
    this.where = where;
    this.before = before;
    this.source = source;
  }

  /** The files of a folder. */
  public static TokenizerFiles of(Path folder) {
    return new TokenizerFiles(
        folder.toString(),
        folder + File.separator,
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

  boolean has(String name) throws IOException {
    return source.read(name).isPresent();
  }

  /** A JSON object. */
  JsonObject object(String name) throws IOException {
    return JsonText.object(where(name), bytes(name));
  }

  /** The same, empty if there is no such file. */
  JsonObject objectIfPresent(String name) throws IOException {
    return has(name) ? object(name) : new JsonObject();
  }

  /** The merges in order, each two pieces with a space between them. */
  List<String> merges() throws IOException {
    var merges = new ArrayList<String>();
    int number = 0;
    for (String line : text(MERGES).lines().toList()) {
      number++;
      if (line.isBlank() || (number == 1 && line.startsWith("#version"))) {
        continue;
      }
      if (!line.matches("\\S+ \\S+")) {
        throw new IOException(
            where(MERGES)
                + ", line "
                + number
                + ": expected two pieces with a space between them, not \""
                + line
                + "\"");
      }
      merges.add(line);
    }
    return merges;
  }

  /**
   * SHA-256 of vocab.json and merges.txt, hex, in this order, empty texts where there are none;
   * then those of vocab.json in the other spellings in which it is published.
   */
  public List<String> digests() throws IOException {
    Set<String> digests = new LinkedHashSet<>();
    String vocab = sha256(VOCAB);
    if (!vocab.isEmpty()) {
      digests.addAll(Spellings.digests(object(VOCAB)));
      digests.remove(vocab);
    }
    List<String> all = new ArrayList<>(List.of(vocab, sha256(MERGES)));
    all.addAll(digests);
    return all;
  }

  /** SHA-256 in hex, empty if there is no such file. */
  String sha256(String name) throws IOException {
    return source.read(name).map(Sha256::hex).orElse("");
  }

  private String text(String name) throws IOException {
    try {
      return JsonText.text(bytes(name));
    } catch (CharacterCodingException e) {
      throw new IOException(where(name) + " is no UTF-8 text", e);
    }
  }

  private byte[] bytes(String name) throws IOException {
    return source
        .read(name)
        .orElseThrow(() -> new NoSuchFileException(where(name) + " is missing"));
  }
}

package dev.forgetmenot.diffusion.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.forgetmenot.api.model.TokenizerIdentity;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A tokenizer is its words and merges, whatever files and spellings say them. */
class TokenizerIdentityTest {
  private static final Path FIXTURE =
      GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model/tokenizer");

  @TempDir Path folder;

  /** How one tokenizer is written. */
  enum Form {
    PAIR,
    ORDER_OF_WORDS,
    INDENTED,
    ESCAPED,
    BYTE_ORDER_MARK,
    CARRIAGE_RETURNS,
    NO_VERSION,
    NO_LAST_LINE_END,
    WHOLE,
    WHOLE_WITH_PAIRS,
    WHOLE_WITH_SPECIALS_BESIDE;

    void write(Path to) throws IOException {
      String vocab = Files.readString(FIXTURE.resolve("vocab.json"));
      String merges = Files.readString(FIXTURE.resolve("merges.txt"));
      JsonObject words = JsonParser.parseString(vocab).getAsJsonObject();
      switch (this) {
        case ORDER_OF_WORDS -> {
          List<String> keys = new ArrayList<>(words.keySet());
          Collections.reverse(keys);
          JsonObject reversed = new JsonObject();
          keys.forEach(key -> reversed.add(key, words.get(key)));
          vocab = reversed.toString();
        }
        case INDENTED ->
            vocab =
                new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(words);
        case ESCAPED -> {
          StringBuilder escaped = new StringBuilder("{");
          for (String word : words.keySet()) {
            escaped.append(escaped.length() == 1 ? "" : ",").append('"');
            word.chars().forEach(c -> escaped.append(String.format("\\u%04X", c)));
            escaped.append("\":").append(words.get(word));
          }
          vocab = escaped.append('}').toString();
        }
        case BYTE_ORDER_MARK -> {
          vocab = "\ufeff" + vocab;
          merges = "\ufeff" + merges;
        }
        case CARRIAGE_RETURNS -> {
          vocab = vocab + "\r\n";
          merges = merges.replace("\n", "\r\n");
        }
        case NO_VERSION -> merges = merges.substring(merges.indexOf('\n') + 1);
        case NO_LAST_LINE_END -> merges = merges.stripTrailing();
        default -> {
          if (this != PAIR) {
            whole(words, merges, to);
            return;
          }
        }
      }
      Files.writeString(to.resolve("vocab.json"), vocab);
      Files.writeString(to.resolve("merges.txt"), merges);
    }

    private void whole(JsonObject words, String merges, Path to) throws IOException {
      TokenizerFiles files = TokenizerFiles.of(FIXTURE);
      JsonObject json =
          JsonParser.parseString(TokenizerJson.read(files, SpecialTokens.read(files)).toString())
              .getAsJsonObject();
      JsonObject model = json.getAsJsonObject("model");
      if (this == WHOLE_WITH_PAIRS) {
        JsonArray pairs = new JsonArray();
        merges
            .lines()
            .skip(1)
            .forEach(
                line -> {
                  JsonArray pair = new JsonArray();
                  for (String piece : line.split(" ", 2)) {
                    pair.add(piece);
                  }
                  pairs.add(pair);
                });
        model.add("merges", pairs);
      }
      if (this == WHOLE_WITH_SPECIALS_BESIDE) {
        model.getAsJsonObject("vocab").remove("<|startoftext|>");
        model.getAsJsonObject("vocab").remove("<|endoftext|>");
      }
      Files.writeString(to.resolve("tokenizer.json"), json.toString());
      assertThat(words.size()).isPositive();
    }
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void everyFormIsTheSameTokenizerAndReadsPromptsAlike(Form form) throws IOException {
    form.write(folder);
    TokenizerFiles files = TokenizerFiles.of(folder);
    TokenizerIdentity expected = TokenizerFiles.of(FIXTURE).identity();
    assertThat(files.identity().sameAs(expected)).isTrue();
    assertThat(files.identity().vocabSha256()).matches("[0-9a-f]{64}");
    // a patch that was made on any form by an earlier version, which took the bytes of the files
    assertThat(files.identity().has(fileDigest("vocab.json"), fileDigest("merges.txt"))).isTrue();
    assertThat(files.identity().has(expected.vocabSha256(), expected.mergesSha256())).isTrue();
    try (var one = ClipTokenizer.read(FIXTURE);
        var other = ClipTokenizer.read(folder)) {
      for (String prompt : List.of("A photo, of 12 foxes!", "caf\u00e9 <|endoftext|> x", "")) {
        assertThat(other.encode(prompt)).isEqualTo(one.encode(prompt));
      }
    }
  }

  private static String fileDigest(String name) throws IOException {
    return Sha256.hex(Files.readAllBytes(FIXTURE.resolve(name)));
  }

  /** Each spelling that files are published in, as digests in patches of earlier versions have. */
  @Test
  void digestsOfPublishedSpellingsAgree() throws IOException {
    Form.WHOLE_WITH_PAIRS.write(folder);
    TokenizerIdentity identity = TokenizerFiles.of(folder).identity();
    String vocab = Files.readString(FIXTURE.resolve("vocab.json"));
    String merges = Files.readString(FIXTURE.resolve("merges.txt"));
    JsonObject words = JsonParser.parseString(vocab).getAsJsonObject();
    var pretty = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();
    for (String spelled : List.of(vocab, pretty.toJson(words), pretty.toJson(words) + "\n")) {
      assertThat(identity.has(digest(spelled), digest(merges))).isTrue();
    }
    for (String lines :
        List.of(merges.replace("\n", "\r\n"), merges.stripTrailing(), merges.substring(14))) {
      assertThat(identity.has(digest(vocab), digest(lines))).isTrue();
    }
    assertThat(identity.has(digest(vocab), digest(merges + "a b\n"))).isFalse();
    assertThat(identity.has("", "")).isFalse();
  }

  private static String digest(String text) {
    return Sha256.hex(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void otherWordsOrMergesAreAnotherTokenizer() throws IOException {
    TokenizerIdentity expected = TokenizerFiles.of(FIXTURE).identity();
    Form.PAIR.write(folder);
    Files.writeString(folder.resolve("added_tokens.json"), "{\"<thing>\": 6000}");
    assertThat(TokenizerFiles.of(folder).identity().sameAs(expected)).isFalse();
    Files.delete(folder.resolve("added_tokens.json"));
    List<String> merges = new ArrayList<>(Files.readAllLines(folder.resolve("merges.txt")));
    Collections.swap(merges, 1, 2);
    Files.write(folder.resolve("merges.txt"), merges);
    assertThat(TokenizerFiles.of(folder).identity().sameAs(expected)).isFalse();
  }

  @Test
  void nothingToReadIsRefusedBeforeAnythingElse() throws IOException {
    assertThatThrownBy(() -> TokenizerFiles.of(folder).require())
        .hasMessageContainingAll("neither vocab.json and merges.txt nor tokenizer.json", "again");
    Files.copy(FIXTURE.resolve("vocab.json"), folder.resolve("vocab.json"));
    assertThatThrownBy(() -> TokenizerFiles.of(folder).require())
        .hasMessageContaining("only vocab.json");
  }

  /** The bytes of the two files decide at once; nothing is parsed for them. */
  @Test
  void theFilesOwnBytesAreAskedFirst() throws IOException {
    Files.writeString(folder.resolve("vocab.json"), "not JSON");
    Files.writeString(folder.resolve("merges.txt"), "not merges");
    assertThat(TokenizerFiles.of(folder).identity().has(digest("not JSON"), digest("not merges")))
        .isTrue();
  }
}

package dev.forgetmenot.diffusion.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClipTokenizerTest {
  private static final Path FIXTURE =
      GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model/tokenizer");

  @TempDir Path folder;

  @Test
  void saysWhatWasCut() throws IOException {
    try (var tokenizer = ClipTokenizer.read(FIXTURE)) {
      TokenizedPrompt fits = tokenizer.encode("a ".repeat(75));
      assertThat(fits.cut()).isEmpty();
      assertThat(fits.endPosition()).isEqualTo(76);
      int fox = tokenizer.pieces("🦊").size();
      TokenizedPrompt cut = tokenizer.encode("🦊 " + "a ".repeat(75 - fox) + "photo of it");
      assertThat(cut.ids()).hasSize(77);
      assertThat(cut.cut()).isEqualTo("photo of it");
    }
  }

  @Test
  void addsTokensBehindAllOthersAndFindsThemBeforeSplitting() throws IOException {
    try (var tokenizer = ClipTokenizer.read(FIXTURE)) {
      List<Integer> before = tokenizer.pieces("a<thing>a <Other>");
      tokenizer.addTokens(Map.of("<thing>", List.of(6000)));
      tokenizer.addTokens(Map.of("<other>", List.of(6001, 6002)));
      int a = tokenizer.pieces("a").get(0);
      assertThat(tokenizer.pieces("a<thing>a <Other>")).containsExactly(a, 6000, a, 6001, 6002);
      assertThat(tokenizer.pieces("<thing><other>")).containsExactly(6000, 6001, 6002);
      assertThat(tokenizer.encode("a <other>").ids().subList(2, 4)).containsExactly(6001, 6002);
      // 75 ids have room: 37 pairs and the first half of the next
      assertThat(tokenizer.encode("<other>".repeat(38) + " a").cut()).isEqualTo("<other> a");
      assertThatThrownBy(() -> tokenizer.addTokens(Map.of("<Thing>", List.of(7))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("\"<Thing>\" is there already");
      assertThatThrownBy(() -> tokenizer.addTokens(Map.of("photo</w>", List.of(7))))
          .hasMessageContaining("is there already");
      assertThatThrownBy(() -> tokenizer.addTokens(Map.of("two words", List.of(7))))
          .hasMessageContaining("no white space");
      assertThatThrownBy(() -> tokenizer.removeTokens(List.of("<thing>")))
          .isInstanceOf(IllegalStateException.class);
      tokenizer.removeTokens(List.of("<other>"));
      tokenizer.removeTokens(List.of("<thing>"));
      assertThat(tokenizer.pieces("a<thing>a <Other>")).isEqualTo(before);
    }
  }

  @Test
  void aTokenThatIsAWordIsNoPartOfALongerOne() throws IOException {
    try (var tokenizer = ClipTokenizer.read(FIXTURE)) {
      List<Integer> longer = tokenizer.pieces("zorblings");
      int a = tokenizer.pieces("a").get(0);
      int comma = tokenizer.pieces(",").get(0);
      tokenizer.addTokens(Map.of("zorb", List.of(6000)));
      assertThat(tokenizer.pieces("a zorb, Zorb")).containsExactly(a, 6000, comma, 6000);
      assertThat(tokenizer.pieces("zorblings")).isEqualTo(longer);
    }
  }

  @Test
  void piecesHaveNoBeginAndEnd() throws IOException {
    try (var tokenizer = ClipTokenizer.read(FIXTURE)) {
      assertThat(tokenizer.pieces("a photo")).hasSize(2).doesNotContain(tokenizer.endOfText());
      assertThat(tokenizer.pieces("")).isEmpty();
    }
  }

  @Test
  void textOfIdsHasTheWordsOfAddedTokensAndOfPieces() throws IOException {
    try (var tokenizer = ClipTokenizer.read(FIXTURE)) {
      assertThat(tokenizer.decode(tokenizer.pieces("A Photo, of naïve 🦊 foxes!")))
          .isEqualTo("a photo , of naïve 🦊 foxes !");
      assertThat(tokenizer.decode(List.of())).isEmpty();
      // A piece that is no end of a word and one that is are read as one word.
      int inner = tokenizer.pieces("zorblings").get(0);
      int word = tokenizer.pieces("photo").get(0);
      assertThat(tokenizer.decode(List.of(inner, word))).endsWith("photo").doesNotContain(" ");
      tokenizer.addTokens(Map.of("<other>", List.of(6001, 6002)));
      assertThat(tokenizer.decode(List.of(word, 6001, 6002, word))).contains("<other>");
      assertThat(tokenizer.pieces(tokenizer.decode(List.of(word, 6001, 6002, word))))
          .containsExactly(word, 6001, 6002, word);
      assertThatThrownBy(() -> tokenizer.decode(List.of(word, 6001)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no token of the id 6001");
      assertThat(tokenizer.frame()).containsExactlyInAnyOrder(5118, 5119);
    }
  }

  @Test
  void theFullVocabularyIsClips() throws IOException {
    TokenizerFiles files = TokenizerFiles.clip("!");
    assertThat(files.identity().mergesSha256())
        .isEqualTo("9fd691f7c8039210e0fced15865466c65820d09b63988b0174bfe25de299051a");
    try (var small = ClipTokenizer.read(FIXTURE);
        var full = ClipTokenizer.read(files)) {
      assertThat(full.endOfText()).isEqualTo(49407);
      // The ids that CLIP's own tokenizer gives.
      assertThat(full.encode("a photo of a cat").ids())
          .startsWith(49406, 320, 1125, 539, 320, 2368, 49407, 0)
          .hasSize(77)
          .endsWith(0);
      assertThat(full.pieces("a photo of")).isEqualTo(small.pieces("a photo of"));
    }
  }

  @Test
  void readsTheTokenizerJsonOfAFolderWithoutTheTwoFiles() throws IOException {
    TokenizerFiles files = TokenizerFiles.of(FIXTURE);
    String whole = TokenizerJson.read(files, SpecialTokens.read(files)).toString();
    Files.writeString(folder.resolve("tokenizer.json"), whole);
    try (var expected = ClipTokenizer.read(FIXTURE);
        var found = ClipTokenizer.read(folder)) {
      String prompt = "A photo, of 12 foxes!";
      assertThat(found.encode(prompt)).isEqualTo(expected.encode(prompt));
      assertThat(TokenizerFiles.of(folder).identity().sameAs(files.identity())).isTrue();
    }
  }

  @Test
  void theOlderMapOfSpecialTokensWinsUnlessTheConfigIsOfNewerDays() throws IOException {
    copyPair();
    write("tokenizer_config.json", "{\"pad_token\": \"<|endoftext|>\", \"model_max_length\": 9}");
    write("special_tokens_map.json", "{\"pad_token\": {\"content\": \"!\", \"lstrip\": false}}");
    try (var tokenizer = ClipTokenizer.read(folder)) {
      assertThat(tokenizer.encode("a").ids()).hasSize(9).endsWith(0, 0);
    }
    write(
        "tokenizer_config.json",
        "{\"pad_token\": \"<|endoftext|>\", \"added_tokens_decoder\": {}}");
    try (var tokenizer = ClipTokenizer.read(folder)) {
      assertThat(tokenizer.encode("a").ids()).hasSize(77).endsWith(tokenizer.endOfText());
    }
  }

  @Test
  void brokenFilesAreNamed() throws IOException {
    assertThatThrownBy(() -> ClipTokenizer.read(folder))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("neither vocab.json and merges.txt nor tokenizer.json");
    copyPair();
    write("merges.txt", "#version: 0.2\ni n\nbroken\n");
    assertThatThrownBy(() -> ClipTokenizer.read(folder))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("merges.txt, line 3");
    write("merges.txt", "#version: 0.2\nqqq qqq\n");
    assertThatThrownBy(() -> ClipTokenizer.read(folder))
        .hasMessageContaining("\"qqq qqq\" makes a piece that vocab.json lacks");
    write("vocab.json", "{\"a\": ");
    assertThatThrownBy(() -> ClipTokenizer.read(folder))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("vocab.json is not valid JSON");
    write("vocab.json", "{\"a\": \"b\"}");
    assertThatThrownBy(() -> ClipTokenizer.read(folder))
        .hasMessageContaining("the id of \"a\" is not a whole number");
    write("vocab.json", "{\"a\": 1}");
    write("merges.txt", "");
    assertThatThrownBy(() -> ClipTokenizer.read(folder))
        .hasMessageContaining("lacks the token <|startoftext|>");
  }

  private void copyPair() throws IOException {
    Files.copy(FIXTURE.resolve("vocab.json"), folder.resolve("vocab.json"));
    Files.copy(FIXTURE.resolve("merges.txt"), folder.resolve("merges.txt"));
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }
}

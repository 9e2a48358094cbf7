package dev.forgetmenot.diffusion.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PromptChunkTest {
  private static ClipTokenizer sd1;
  private static ClipTokenizer sd2;
  private static int a;
  private static int comma;

  @BeforeAll
  static void read() throws IOException {
    sd1 = ClipTokenizer.read(GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model/tokenizer"));
    sd2 = ClipTokenizer.read(GoldenFolders.inProject("testkit/fixtures/sd2-tiny/model/tokenizer"));
    a = sd1.pieces("a").get(0);
    comma = sd1.pieces(",").get(0);
  }

  @AfterAll
  static void close() {
    sd1.close();
    sd2.close();
  }

  /** The ids between begin and the padding of each chunk. */
  private static List<List<Integer>> bodies(String prompt) {
    return PromptChunk.split(prompt, sd1).stream()
        .map(chunk -> chunk.ids().subList(1, chunk.ids().indexOf(sd1.endOfText())))
        .toList();
  }

  private static List<Integer> times(int count, int id) {
    return Collections.nCopies(count, id);
  }

  private static String words(int count) {
    return "a ".repeat(count);
  }

  @Test
  void aPromptThatFitsIsWhatTheTokenizerMakesOfIt() {
    for (ClipTokenizer tokenizer : List.of(sd1, sd2)) {
      for (String prompt : List.of("", "a photo of two foxes, one house", words(75))) {
        List<PromptChunk> chunks = PromptChunk.split(prompt, tokenizer);
        assertThat(chunks).hasSize(1);
        assertThat(chunks.get(0).ids()).isEqualTo(tokenizer.encode(prompt).ids());
        assertThat(chunks.get(0).weighted()).isFalse();
      }
    }
  }

  @Test
  void moreThan75TokensAreMoreChunks() {
    assertThat(bodies(words(160))).containsExactly(times(75, a), times(75, a), times(10, a));
    List<PromptChunk> chunks = PromptChunk.split(words(76), sd2);
    assertThat(chunks).hasSize(2);
    assertThat(chunks.get(1).ids()).isEqualTo(sd2.encode("a").ids()); // padded as the model is
  }

  @Test
  void aFullChunkEndsAtItsLastComma() {
    String near = words(60) + ", " + words(20); // the comma is the 61st of 75
    List<Integer> first = new ArrayList<>(times(60, a));
    first.add(comma);
    assertThat(bodies(near)).containsExactly(first, times(20, a));
    String far = words(54) + ", " + words(30); // 21 tokens from the end: too far
    assertThat(bodies(far).get(0)).hasSize(75);
    assertThat(bodies(words(55) + ", " + words(30)).get(0)).hasSize(56); // 20: near enough
  }

  @Test
  void breakEndsAChunkAndWeightsFollowTheirTokens() {
    List<PromptChunk> chunks = PromptChunk.split("a BREAK a (a:1.5) BREAK", sd1);
    assertThat(bodies("a BREAK a (a:1.5) BREAK")).containsExactly(times(1, a), times(2, a));
    assertThat(chunks.get(0).weighted()).isFalse();
    assertThat(chunks.get(1).weights().subList(0, 5)).containsExactly(1.0, 1.0, 1.5, 1.0, 1.0);
    assertThat(chunks.get(1).weights()).hasSize(77);
  }

  @Test
  void anAddedTokenStaysTogether() {
    sd1.addTokens(Map.of("<s>", List.of(7, 8, 9)));
    try {
      assertThat(bodies(words(73) + "<s>")).containsExactly(times(73, a), List.of(7, 8, 9));
      assertThat(bodies("(<s>:1.5) a")).containsExactly(List.of(7, 8, 9, a));
      assertThat(PromptChunk.split("(<s>:1.5) a", sd1).get(0).weights().subList(0, 6))
          .containsExactly(1.0, 1.5, 1.5, 1.5, 1.0, 1.0);
    } finally {
      sd1.removeTokens(List.of("<s>"));
    }
    assertThatThrownBy(() -> sd1.framed(times(76, a)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at most 75");
  }
}

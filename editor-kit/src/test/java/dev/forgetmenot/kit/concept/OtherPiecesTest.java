package dev.forgetmenot.kit.concept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.model.PromptTokenizer;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.patching.gate.EncodedPrompt;
import dev.forgetmenot.patching.gate.PromptEncoder;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The second tokenizer knows few merges, so that it reads words as more pieces than the first. */
class OtherPiecesTest {
  private static final PromptTemplate TEMPLATE = PromptTemplate.ofThings();
  private static final PromptPhrase LIGHTHOUSE = new PromptPhrase("a lighthouse", "lighthouse");
  private static final PromptPhrase TREE = new PromptPhrase("a tree", "tree");

  @TempDir static Path temp;
  private static StableDiffusion sd;
  private static TokenizedPrompt prompt;
  private static List<Integer> first;
  private static List<Integer> second;

  @BeforeAll
  static void load() throws IOException {
    Path folder =
        GoldenFolders.copy(
            GoldenFolders.inProject("testkit/fixtures/sdxl-tiny/model"), temp.resolve("model"));
    Path merges = folder.resolve("tokenizer_2/merges.txt");
    Files.write(merges, Files.readAllLines(merges).subList(0, 40));
    sd = StableDiffusion.load(folder, LoadOptions.defaults());
    prompt = sd.tokenize(TEMPLATE.with("a lighthouse"));
    first = places(prompt, sd.tokenizer());
    second = places(prompt.others().get(0), sd.tokenizer().others().get(0));
    assertThat(second.size()).as("the test's own condition").isGreaterThan(first.size());
    assertThat(first).isNotEqualTo(second);
  }

  @AfterAll
  static void free() throws IOException {
    sd.close();
  }

  /** The last places of the text, since the word is its end. */
  private static List<Integer> places(TokenizedPrompt prompt, PromptTokenizer tokenizer) {
    int end = prompt.endPosition();
    int count = tokenizer.tokenIds("lighthouse").size();
    return IntStream.range(end - count, end).boxed().toList();
  }

  private static List<Integer> together() {
    TreeSet<Integer> all = new TreeSet<>(first);
    all.addAll(second);
    return List.copyOf(all);
  }

  private static Matrix columns(TokenSelection selection) {
    return sd.engine()
        .call(
            () ->
                new ConceptEmbeddings(new PromptEncoder(sd), selection, 0, List.of(TEMPLATE))
                    .of(LIGHTHOUSE));
  }

  private static Matrix rows(List<Integer> positions) {
    EncodedPrompt encoded = sd.engine().call(() -> new PromptEncoder(sd).encode(prompt.text()));
    return encoded.columns(positions);
  }

  @Test
  void aWordIsWhereEitherEncoderReadsIt() {
    assertThat(columns(TokenSelection.TOKENS).rowMajor()).isEqualTo(rows(together()).rowMajor());
    List<Integer> last = List.of(first.get(first.size() - 1), second.get(second.size() - 1));
    assertThat(columns(TokenSelection.LAST).rowMajor()).isEqualTo(rows(last).rowMajor());
  }

  /** The second part of the rows is what the second encoder makes of its own pieces. */
  @Test
  void itsNumbersAreThoseOfBothEncoders() {
    TokenizedPrompt other = sd.tokenize(TEMPLATE.with("a tree"));
    TokenizedPrompt mixed =
        new TokenizedPrompt(prompt.text(), prompt.ids(), prompt.endPosition(), "", other.others());
    EncodedPrompt swapped =
        sd.engine().call(() -> new PromptEncoder(sd).encodeTokens(List.of(mixed)).get(0));
    Matrix own = columns(TokenSelection.TOKENS);
    Matrix changed = swapped.columns(together());
    assertThat(own.rows(0, 32).rowMajor()).isEqualTo(changed.rows(0, 32).rowMajor());
    assertThat(own.rows(32, 72).rowMajor()).isNotEqualTo(changed.rows(32, 72).rowMajor());
  }

  @Test
  void aConceptAndItsGuideHaveAsManyColumns() {
    for (TokenSelection selection : TokenSelection.values()) {
      ConceptEmbeddings.Pairs pairs =
          sd.engine()
              .call(
                  () ->
                      new ConceptEmbeddings(new PromptEncoder(sd), selection, 3, List.of(TEMPLATE))
                          .pairs(LIGHTHOUSE, TREE));
      assertThat(pairs.guides().columns()).isEqualTo(pairs.targets().columns());
    }
  }

  @Test
  void attentionIsWatchedAtBoth() {
    List<Integer> columns =
        sd.engine()
            .call(() -> TokenPositions.find(sd, prompt, "lighthouse", EosSelection.NONE).columns());
    assertThat(columns).isEqualTo(together());
  }

  @Test
  void whatIsCutOffByOneTokenizerIsRefused() {
    String words = "lighthouse ".repeat(12).strip();
    assertThatThrownBy(() -> sd.engine().call(() -> new PromptEncoder(sd).encode(words)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tokens of the text encoder 2");
  }
}

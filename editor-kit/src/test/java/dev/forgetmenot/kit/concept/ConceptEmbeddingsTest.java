package dev.forgetmenot.kit.concept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.patching.gate.PromptEncoder;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A concept's rows beside those of several guides, on the tiny model. */
class ConceptEmbeddingsTest {
  private static final List<PromptTemplate> TEMPLATES =
      List.of(new PromptTemplate("a photo of {}"), new PromptTemplate("{}"));

  private static StableDiffusion sd;

  @BeforeAll
  static void load() throws IOException {
    sd =
        StableDiffusion.load(
            GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model"), LoadOptions.defaults());
  }

  @AfterAll
  static void free() throws IOException {
    sd.close();
  }

  private static PromptPhrase subject(String text) {
    return PromptPhrase.of(text, KnownConcepts.EMPTY);
  }

  private static ConceptEmbeddings.Several several(TokenSelection places, String... guides) {
    return sd.engine()
        .call(
            () ->
                rows(places)
                    .pairs(
                        subject("a ball"),
                        List.of(guides).stream().map(ConceptEmbeddingsTest::subject).toList()));
  }

  private static ConceptEmbeddings.Pairs alone(TokenSelection places, String guide) {
    return sd.engine().call(() -> rows(places).pairs(subject("a ball"), subject(guide)));
  }

  private static ConceptEmbeddings rows(TokenSelection places) {
    return new ConceptEmbeddings(new PromptEncoder(sd), places, 3, TEMPLATES);
  }

  @Test
  void guidesOfOneLengthHaveTheColumnsThatTheyHaveAlone() {
    int pieces = sd.tokenIds("a dog").size();
    assertThat(sd.tokenIds("a cat")).hasSize(pieces);
    ConceptEmbeddings.Several several = several(TokenSelection.PADDING, "a dog", "a cat");
    for (int i = 0; i < 2; i++) {
      ConceptEmbeddings.Pairs alone =
          alone(TokenSelection.PADDING, List.of("a dog", "a cat").get(i));
      assertThat(several.guides().get(i).rowMajor()).isEqualTo(alone.guides().rowMajor());
      assertThat(several.targets().rowMajor()).isEqualTo(alone.targets().rowMajor());
    }
    assertThat(several.guides().get(0).minus(several.guides().get(1)).norm()).isGreaterThan(0.1);
  }

  @Test
  void guidesOfOtherLengthsAreLookedAtBehindTheLongest() {
    String longer = "a very large red house on a hill";
    ConceptEmbeddings.Several several = several(TokenSelection.PADDING, "a dog", longer);
    ConceptEmbeddings.Pairs longest = alone(TokenSelection.PADDING, longer);
    assertThat(several.targets().rowMajor()).isEqualTo(longest.targets().rowMajor());
    assertThat(several.guides().get(1).rowMajor()).isEqualTo(longest.guides().rowMajor());
    assertThat(several.guides().get(0).columns()).isEqualTo(several.targets().columns());
    int firstPadding = sd.tokenIds("ball").size() + 1; // behind the tokens and the end of the text
    int behind = sd.tokenize("a photo of " + longer).endPosition() + 1;
    assertThat(several.targets().column(firstPadding)).isEqualTo(row("a photo of a ball", behind));
    ConceptEmbeddings.Several tokens = several(TokenSelection.TOKENS, "a dog", longer);
    assertThat(tokens.guides().get(0).rowMajor())
        .isEqualTo(alone(TokenSelection.TOKENS, "a dog").guides().rowMajor());
    assertThat(tokens.guides().get(1).rowMajor())
        .isEqualTo(alone(TokenSelection.TOKENS, longer).guides().rowMajor());
  }

  @Test
  void whatFollowsTheLastTokenIsMatchedInOrderAndNothingBeginsAtTheBeginToken() {
    PromptEncoder encoder = new PromptEncoder(sd);
    ConceptEmbeddings bare =
        new ConceptEmbeddings(
            encoder, TokenSelection.FOLLOWING, 3, List.of(new PromptTemplate("{}")));
    ConceptEmbeddings.Pairs pairs =
        sd.engine().call(() -> bare.pairs(subject("a ball"), subject("")));
    int last = sd.tokenize("a ball").endPosition() - 1;
    int length = sd.tokenize("").ids().size();
    assertThat(pairs.targets().columns()).isEqualTo(length - last);
    assertThat(pairs.targets().column(1)).isEqualTo(row("a ball", last + 1));
    assertThat(pairs.guides().column(0)).isEqualTo(row("", 0));
    assertThat(pairs.guides().column(1)).isEqualTo(row("", 1));
    assertThat(pairs.guides().columns()).isEqualTo(length - last);
    assertThat(sd.engine().call(() -> bare.of(subject(""))).columns()).isEqualTo(length);
  }

  private static double[] row(String prompt, int position) {
    return sd.engine()
        .call(() -> new PromptEncoder(sd).encode(prompt).columns(List.of(position)).column(0));
  }

  @Test
  void theGuideThatIsTheConceptItselfIsNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> several(TokenSelection.PADDING, "a dog", "a ball"))
        .withMessageContaining("'a ball' would become itself")
        .withMessageContaining("the guide 'a ball'");
  }
}

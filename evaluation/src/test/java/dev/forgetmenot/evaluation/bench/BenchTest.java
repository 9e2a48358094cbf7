package dev.forgetmenot.evaluation.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.KnownConcepts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an evaluation asks a list for. */
class BenchTest {
  @TempDir Path folder;

  private static final String STYLED =
      ListFile.GOOD.replace("a photo in the style of {}", "a photo of {thing} in {} style")
          + "grid: {things: [tower, mill], styles: all}\n";

  private Bench good() throws IOException {
    return new ListFile(folder).good();
  }

  @Test
  void findsAConceptByNameOrPhraseInAnyCase() throws IOException {
    Bench bench = good();
    assertThat(bench.find("Tower").orElseThrow().name()).isEqualTo("tower");
    assertThat(bench.find("the tower").orElseThrow().name()).isEqualTo("tower");
    assertThat(bench.find("a crane")).isEmpty();
  }

  @Test
  void promptsSayThePhraseAndAGluedNameWithoutItsArticle() throws IOException {
    Bench bench = good();
    BenchConcept tower = bench.concepts().get(0);
    assertThat(bench.prompts(tower, Rung.NAME)).containsExactly("a photo of a tower");
    assertThat(bench.prompts(tower, Rung.PREFIX)).containsExactly("a photo of a happytower");
    assertThat(bench.prompts(bench.concepts().get(1), Rung.LONG)).isEmpty();
  }

  @Test
  void promptsOfStylesTakeTheThingsOfTheGrid() throws IOException {
    Bench bench = new ListFile(folder).read(STYLED);
    assertThat(bench.prompts(bench.find("ink").orElseThrow(), Rung.NAME))
        .containsExactly("a photo of a tower in ink style", "a photo of a mill in ink style");
  }

  @Test
  void neighboursAreSaidAsTheirConceptsOrAsWritten() throws IOException {
    Bench bench = good();
    assertThat(bench.similar(bench.concepts().get(0))).containsExactly("a chimney", "a crane");
  }

  @Test
  void randomNeighboursAreTheSameForTheSameFileAndNeverNear() throws IOException {
    Bench core = Bench.read("core");
    assertThat(core.model().isOwnSize()).isTrue();
    assertThat(core.sized(1024).model().width()).isEqualTo(1024);
    assertThat(core.sized(768).model().height()).isEqualTo(768);
    BenchConcept target = core.find("violin").orElseThrow();
    List<BenchConcept> drawn = core.random(target);
    assertThat(drawn).hasSize(8).isEqualTo(Bench.read("core").random(target));
    assertThat(RandomNeighbours.of(target, core.concepts(), "another file")).isNotEqualTo(drawn);
    Bench small = good();
    assertThat(small.random(small.concepts().get(0)))
        .extracting(BenchConcept::name)
        .containsExactly("mill");
    assertThat(small.random(small.find("ink").orElseThrow())).isEmpty();
  }

  @Test
  void generalPromptsThatNameTheConceptAreLeftOut() throws IOException {
    Bench bench = good();
    assertThat(bench.general().without(bench.concepts().get(0))).containsExactly("a quiet street");
    assertThat(bench.general().without(bench.concepts().get(1))).hasSize(2);
  }

  @Test
  void namesAreFoundAsWholeWordsOnly() throws IOException {
    BenchConcept tower = good().concepts().get(0);
    assertThat(tower.isMentionedIn("The Tower by night")).isTrue();
    assertThat(tower.isMentionedIn("one building")).isTrue();
    assertThat(tower.isMentionedIn("a watchtower and towers")).isFalse();
  }

  @Test
  void aListServesAsAVocabulary() throws IOException {
    KnownConcepts known = good().known();
    assertThat(known.phrases())
        .extracting(KnownConcepts.Phrase::phrase)
        .containsExactly("a tower", "a chimney", "a mill", "ink", "a crane", "a pencil drawing");
    assertThat(known.find("crane").orElseThrow().kind()).isEqualTo(ConceptType.OBJECT);
    assertThat(known.find("ink").orElseThrow().kind()).isEqualTo(ConceptType.STYLE);
    assertThat(known.generalWords()).containsExactly("building");
  }

  @Test
  void saysWherePromptsAreCutOff() throws IOException {
    Bench bench = new ListFile(folder).read(STYLED);
    List<BenchProblem> problems =
        ModelChecks.cutOff(bench, text -> text.length() <= 31 ? "" : text.substring(31));
    assertThat(problems)
        .extracting(one -> one.toString().replace(folder + "/", ""))
        .containsExactly(
            "list.yaml:21:14: the prompt \"A tall thing of stone. It has a winding stair.\" of"
                + " tower, rung long, is cut off before \" winding stair.\": the tokenizer takes no"
                + " more, so shorten it",
            "list.yaml:41:1: the prompt \"a photo of a tower in the style of ink\" of the grid is"
                + " cut off before \" of ink\": the tokenizer takes no more, so shorten it",
            "list.yaml:41:1: the prompt \"a photo of a mill in the style of ink\" of the grid is"
                + " cut off before \"of ink\": the tokenizer takes no more, so shorten it");
    assertThat(ModelChecks.cutOff(bench, text -> "")).isEmpty();
  }

  @Test
  void saysWhatAModelDoesNotKnow() throws IOException {
    Bench bench = good();
    assertThat(ModelChecks.unknown(bench, bench.known())).isEmpty();
    KnownConcepts little =
        new KnownConcepts(
            bench.known().phrases().stream()
                .filter(phrase -> !phrase.phrase().equals("a crane"))
                .toList(),
            List.of());
    assertThat(ModelChecks.unknown(bench, little))
        .singleElement()
        .asString()
        .endsWith(
            "list.yaml:14:24: a crane is not in the vocabulary; the nearest are a chimney, a"
                + " tower, a mill: take one of them, or give another vocabulary");
  }
}

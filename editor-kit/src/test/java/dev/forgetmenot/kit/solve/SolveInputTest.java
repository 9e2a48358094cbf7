package dev.forgetmenot.kit.solve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.kit.concept.PromptPhrase;
import dev.forgetmenot.kit.concept.PromptTemplate;
import dev.forgetmenot.kit.concept.TextStatistics;
import dev.forgetmenot.patching.gate.PromptEncoder;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What text is taken as general, on the tiny model. */
class SolveInputTest {
  private static final int LENGTH = 77;
  private static final int TOKENS = 128;

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

  private static KnownConcepts things(String... names) {
    List<KnownConcepts.Phrase> phrases =
        Stream.of(names)
            .map(name -> new KnownConcepts.Phrase(name, "a " + name, ConceptType.OBJECT, ""))
            .toList();
    return new KnownConcepts(
        Stream.concat(
                phrases.stream(),
                Stream.of(new KnownConcepts.Phrase("ink", "ink", ConceptType.STYLE, "")))
            .toList(),
        List.of());
  }

  private static SolveInput job(KnownConcepts vocabulary) {
    JobContext context =
        new JobContext.Nested() {
          @Override
          public JobContext outer() {
            return JobContext.NONE;
          }

          @Override
          public KnownConcepts knownConcepts() {
            return vocabulary;
          }
        };
    return new SolveInput(
        List.of(new Concept("ball", ConceptType.OBJECT)),
        new SolverSettings(Settings.of(List.of(), Map.of())),
        new PromptEncoder(sd),
        context,
        kind -> List.of(PromptTemplate.of(kind)));
  }

  private static double[] general(SolveInput job, PromptPhrase... without) {
    return sd.engine().call(() -> job.generalText(List.of(without)).rows().rowMajor());
  }

  private static double[] of(PromptPhrase... subjects) {
    return sd.engine()
        .call(
            () ->
                TextStatistics.of(
                        new PromptEncoder(sd), PromptTemplate.ofThings(), List.of(subjects))
                    .rows()
                    .rowMajor());
  }

  @Test
  void generalTextIsOfAllThingsButTheConceptAndWhatIsLeftOut() {
    SolveInput job = job(things("ball", "cube", "tree", "house"));
    PromptPhrase cube = new PromptPhrase("a cube", "cube");
    PromptPhrase tree = new PromptPhrase("a tree", "tree");
    PromptPhrase house = new PromptPhrase("a house", "house");
    assertThat(general(job)).isEqualTo(of(cube, tree, house));
    assertThat(general(job, tree)).isEqualTo(of(cube, house));
    assertThat(general(job, new PromptPhrase("a bush", "bush"))).isEqualTo(of(cube, tree, house));
  }

  @Test
  void whereTooFewThingsAreLeftItIsOfSingleTokens() {
    int all = TOKENS * LENGTH * 32;
    assertThat(general(job(KnownConcepts.EMPTY))).hasSize(all);
    assertThat(general(job(things("ball", "cube", "tree")), new PromptPhrase("a tree", "tree")))
        .hasSize(all);
    assertThat(general(job(things("ball", "cube", "tree")))).hasSize(2 * LENGTH * 32);
  }
}

package dev.forgetmenot.kit.auto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.kit.evaluate.Evaluation;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import dev.forgetmenot.kit.evaluate.EvaluationResult.Row;
import dev.forgetmenot.patching.gate.PromptEncoder;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which general word a concept becomes, by images whose first value is their cosine. */
class ReplacementTest {
  private static final int IMAGES = 16;
  private static final Concept LION = new Concept("a lion", ConceptType.OBJECT);
  private static final String WORD = "an animal";

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

  /** Says of all images that they show a lion; how clearly is their first value. */
  private static final ImageClassifier JUDGE =
      new ImageClassifier() {
        @Override
        public List<String> things() {
          return List.of("a lion", "a bear", "a cat");
        }

        @Override
        public List<String> styles() {
          return List.of();
        }

        @Override
        public List<String> classify(List<RgbImage> images) {
          return Collections.nCopies(images.size(), "a lion");
        }

        @Override
        public List<String> classifyStyle(List<RgbImage> images) {
          return List.of();
        }

        @Override
        public double[] similarities(List<RgbImage> images, String thing) {
          return images.stream().mapToDouble(image -> image.rgb()[0] / 100.0).toArray();
        }
      };

  private static Row row(String phrase, int cosine, int bears, int cats, int lions) {
    List<String> seen = new ArrayList<>(Collections.nCopies(bears, "a bear"));
    seen.addAll(Collections.nCopies(cats, "a cat"));
    seen.addAll(Collections.nCopies(lions, "a lion"));
    seen.addAll(Collections.nCopies(IMAGES - seen.size(), "something"));
    RgbImage image = new RgbImage(1, 1, new byte[] {(byte) cosine, 0, 0});
    return new Row(phrase, Collections.nCopies(IMAGES, image), seen);
  }

  /** What a lion, drawn with a cosine of 0.6, becomes where there is one general word. */
  private static List<String> of(Row word, Row... neutral) throws IOException {
    KnownConcepts vocabulary = new KnownConcepts(List.of(), List.of(WORD));
    Map<String, Row> drawn = new HashMap<>();
    drawn.put("a lion", row("a lion", 60, 0, 0, IMAGES));
    for (String phrase : Replacement.NEUTRAL) {
      drawn.put(phrase, row(phrase, 60, 4, 4, 0)); // shows many things
    }
    for (Row row : neutral) {
      drawn.put(row.phrase(), row);
    }
    BaseImages images =
        new BaseImages(sd, JUDGE, JobContext.NONE, new Evaluation.Size(IMAGES, 0, 0, 0, 1), drawn);
    return sd.engine()
        .call(
            () ->
                new Replacement(images, JUDGE, vocabulary)
                    .of(LION, new PromptEncoder(sd), List.of(word)));
  }

  @Test
  void aWordThatShowsOneOrTwoOtherThingsClearlyWillDo() throws IOException {
    assertThat(of(row(WORD, 60, 8, 5, 0))).containsExactly(WORD);
    assertThat(of(row(WORD, 57, 16, 0, 0))).as("0.43 is 1.075 times 0.4").containsExactly(WORD);
  }

  @Test
  void oneThatShowsTheConceptOrManyThingsOrNothingClearlyWillNot() throws IOException {
    assertThat(of(row(WORD, 60, 15, 0, 1))).as("draws the concept").isEmpty();
    assertThat(of(row(WORD, 60, 8, 4, 0))).as("12 of 16 show two things").isEmpty();
    Row unsure = row(WORD, 60, 12, 0, 0);
    List<String> seen = new ArrayList<>(unsure.seen());
    Collections.replaceAll(seen, "something", EvaluationResult.NO_ANSWER);
    assertThat(of(new Row(WORD, unsure.images(), seen))).as("no answer to 4 of 16").isEmpty();
    assertThat(of(row(WORD, 55, 16, 0, 0))).as("0.45 is 1.125 times 0.4").isEmpty();
  }

  @Test
  void neutralPhrasesComeAfterGeneralWords() throws IOException {
    Row toy = row("a toy", 70, 16, 0, 0);
    assertThat(of(row(WORD, 60, 4, 4, 0), toy)).containsExactly("a toy");
    assertThat(of(row(WORD, 60, 16, 0, 0), toy)).containsExactly(WORD);
  }
}

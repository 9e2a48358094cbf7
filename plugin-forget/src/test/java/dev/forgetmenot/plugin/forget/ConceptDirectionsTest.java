package dev.forgetmenot.plugin.forget;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.kit.train.ConceptDirections;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.testkit.edit.EditedModel;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What trained adapters read of the embedded model's text, and the size of what they learn. */
class ConceptDirectionsTest {
  private static final Concept WIZARD = new Concept("merlin", ConceptType.IDENTITY);
  private static final Concept STYLE = new Concept("sketch", ConceptType.STYLE);
  private static EditedModel edited;

  @BeforeAll
  static void load() throws IOException {
    edited = new EditedModel();
  }

  @AfterAll
  static void close() throws IOException {
    edited.close();
  }

  private static ConceptDirections directions(Concept concept) throws IOException {
    return edited
        .model()
        .engine()
        .<ConceptDirections, IOException>call(
            () ->
                ConceptDirections.of(
                    edited.model(), List.of(concept), 2, edited.context(EditedModel.VOCABULARY)));
  }

  /** Length of R·x at the end of a prompt. */
  private static double read(ConceptDirections directions, String prompt) {
    Matrix end = edited.row(prompt, edited.model().tokenize(prompt).endPosition());
    return directions.rows().times(end).norm();
  }

  @Test
  void backgroundsSecondThingsAndStylesAreReadLittle() throws IOException {
    ConceptDirections directions = directions(WIZARD);
    double concept = read(directions, "a photo of merlin");
    for (String prompt :
        List.of(
            "a picture of a castle on a pink background",
            "a photo of a robot and a balloon",
            "an image of a fox in the style of ink")) {
      assertThat(read(directions, prompt)).as(prompt).isLessThan(0.3 * concept);
    }
  }

  @Test
  void theSizeOfWhatIsLearnedIsThatOfTheConceptsPartOfItsRows() throws IOException {
    assertThat(directions(STYLE).keys())
        .as("styles make up more of their rows")
        .isGreaterThan(1.5 * directions(WIZARD).keys());
  }

  @Test
  void theConceptItselfIsNotAmongWhatStays() throws IOException {
    assertThat(directions(WIZARD).general())
        .hasSizeGreaterThan(60)
        .noneMatch(prompt -> prompt.contains("merlin"))
        .anyMatch(prompt -> prompt.endsWith(" background"))
        .anyMatch(prompt -> prompt.endsWith("in sketch style"));
    assertThat(directions(STYLE).general()).noneMatch(prompt -> prompt.contains("sketch"));
  }
}

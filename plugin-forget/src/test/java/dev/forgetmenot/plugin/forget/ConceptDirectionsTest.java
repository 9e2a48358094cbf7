package dev.forgetmenot.plugin.forget;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.kit.train.ConceptDirections;
import dev.forgetmenot.testkit.edit.EditedModel;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the training of adapters that read directions holds. */
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

  @Test
  void theConceptItselfIsNotAmongWhatStays() throws IOException {
    assertThat(directions(WIZARD).general())
        .as("three for each of 15 other things")
        .hasSize(45)
        .noneMatch(prompt -> prompt.contains("merlin"))
        .anyMatch(prompt -> prompt.endsWith(" background"))
        .anyMatch(prompt -> prompt.endsWith("in sketch style"));
    assertThat(directions(STYLE).general()).noneMatch(prompt -> prompt.contains("sketch"));
  }
}

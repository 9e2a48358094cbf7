package dev.forgetmenot.plugin.forget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.kit.train.TrainingImages;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patch.edit.LowRankEdit;
import dev.forgetmenot.testkit.edit.EditedModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Re-steering with a search of what brings the concept back in between, on the embedded model. */
class AdversarialResteeringTest {
  private static final Concept BALL = new Concept("soccer ball", ConceptType.OBJECT);
  private static final Concept FOX = new Concept("fox", ConceptType.OBJECT);

  private static EditedModel edited;

  @BeforeAll
  static void load() throws IOException {
    edited = new EditedModel();
  }

  @AfterAll
  static void close() throws IOException {
    edited.close();
  }

  private static PatchDraft trained(String rounds, Concept... concepts) throws IOException {
    Map<String, String> values =
        Map.of(
            "adversarial-rounds", rounds,
            "adversarial-steps", "2",
            "steps", "2",
            "num-images", "1",
            "seed", "3");
    return edited.edit(new AttentionResteering(), values, concepts);
  }

  /** The patch is one training against the names and all that was found, of which nothing stays. */
  @Test
  void whatWasFoundIsInThePromptsOfTheNextTraining() throws IOException {
    List<Integer> unknown = edited.model().tokenIds("<a1>");
    PatchDraft none = trained("0", BALL, FOX);
    PatchDraft two = trained("2", BALL, FOX);
    List<String> prompts = new ArrayList<>();
    two.intent().concepts().forEach(concept -> prompts.addAll(concept.prompts()));
    assertThat(prompts)
        .containsExactly(
            "a photo of a soccer ball",
            "a photo of <a1><b1>",
            "a photo of <a3><b3>",
            "a photo of fox",
            "a photo of <a2><b2>",
            "a photo of <a4><b4>");
    assertThat(rank(two)).as("directions of each prompt").isEqualTo(3 * rank(none));
    assertThat(edited.model().tokenIds("<a1>")).isEqualTo(unknown);
  }

  private static int rank(PatchDraft draft) {
    return ((LowRankEdit) draft.edits().get(0)).factors().values().iterator().next().rank();
  }

  /** An edit of a weight that the model lacks is refused where it is put on. */
  @Test
  void theSearchIsOnTheModelWithTheEdit() throws IOException {
    PatchDraft draft = trained("0", BALL);
    LowRank one = ((LowRankEdit) draft.edits().get(0)).factors().values().iterator().next();
    LowRankEdit elsewhere = new LowRankEdit(Map.of("unet/nowhere.weight", one));
    PatchDraft broken =
        new PatchDraft(
            draft.name(),
            draft.description(),
            draft.intent(),
            List.of(elsewhere),
            draft.recipe(),
            draft.evidence(),
            draft.docs(),
            draft.publication());
    try (AdversarialTokens tokens = new AdversarialTokens(edited.model(), new ShortInversion(1))) {
      List<TrainingImages> images = List.of(TrainingImages.of(List.of()));
      assertThatThrownBy(
              () ->
                  edited
                      .model()
                      .engine()
                      .call(
                          () -> {
                            tokens.search(broken, List.of(BALL), images, JobContext.NONE);
                            return null;
                          }))
          .hasMessageContaining("unet/nowhere.weight");
      assertThat(tokens.words()).isEmpty();
    }
  }

  @Test
  void withoutImagesNothingCanBeSearched() {
    Map<String, String> values = Map.of("adversarial-rounds", "1", "no-real-image", "true");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> edited.edit(new AttentionResteering(), values, BALL))
        .withMessageContaining("adversarial-rounds")
        .withMessageContaining("no-real-image");
  }
}

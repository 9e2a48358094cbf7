package dev.forgetmenot.plugin.correct;

import static dev.forgetmenot.plugin.correct.TinyModel.ANIMAL;
import static dev.forgetmenot.plugin.correct.TinyModel.VOCABULARY;
import static dev.forgetmenot.plugin.correct.TinyModel.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.edit.DeltaEdit;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Re-steering on images of an instance, on the tiny model. */
class InstanceResteeringTest {
  private static final Map<String, String> GIVEN =
      Map.of(
          "balance",
          "lion,bear",
          "dominant",
          "lion",
          "num-images",
          "2",
          "steps",
          "2",
          "eval-steps",
          "1");

  private TinyModel tiny;

  @BeforeEach
  void load() throws IOException {
    tiny = new TinyModel();
  }

  @AfterEach
  void free() throws IOException {
    tiny.close();
  }

  private PatchDraft edit(Map<String, String> given, Listener context) throws IOException {
    return tiny.edit(new InstanceResteering(), given, context, ANIMAL);
  }

  @Test
  void imagesOfTheWordAreSortedByWhatTheyShow() throws IOException {
    int[] seen = {0};
    Listener context =
        new Listener(VOCABULARY)
            .judgedBy(
                new RuledJudge(
                    List.of(),
                    images ->
                        IntStream.range(0, images)
                            .mapToObj(i -> seen[0]++ % 2 == 0 ? "a bear" : "a lion")
                            .toList()));
    PatchDraft draft = edit(GIVEN, context);
    assertThat(context.said)
        .contains("2 images of a lion among 4 of 'a photo of an animal'")
        .anyMatch(line -> line.startsWith("on images of a lion, not looking in "));
    assertThat(draft.recipe().trainingImages()).hasSize(2).doesNotHaveDuplicates();
    assertThat(context.losses).hasSize(2).allMatch(loss -> loss > 0);
    assertThat(draft.recipe().parameters()).containsEntry("instances", "a lion\na bear");
    String[] kept = draft.recipe().parameters().get("preserve").split("\n", -1);
    assertThat(kept)
        .startsWith("a photo of a lion", "a photo of a bear")
        .hasSizeBetween(6, 8)
        .doesNotHaveDuplicates()
        .allMatch(prompt -> prompt.startsWith("a photo of a "));
    DeltaEdit edit = (DeltaEdit) draft.edits().get(0);
    assertThat(edit.deltas()).isNotEmpty();
    assertThat(edit.deltas().keySet()).allMatch(name -> name.contains("attn2"));
    assertThat(draft.intent().concepts().get(0).prompts()).containsExactly("a photo of an animal");
    assertThat(context.goals.get(0).instances()).containsExactly("a lion", "a bear");
  }

  @Test
  void theInstanceMustShow() {
    Listener context =
        new Listener(VOCABULARY)
            .judgedBy(new RuledJudge(List.of(), images -> Collections.nCopies(images, "a bear")));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> edit(with(GIVEN, "num-images", "1"), context))
        .withMessage(
            "none of 8 images of 'a photo of an animal' shows a lion; name another instance, or"
                + " a folder with its images by --image-dir");
  }

  @Test
  void withoutAJudgeImagesAreTakenAsTheyAre() throws IOException {
    Listener context = new Listener(VOCABULARY);
    Map<String, String> alone =
        Map.of(
            "dominant", " Lion ",
            "num-images", "1",
            "steps", "1",
            "words", "instance",
            "preserve", "a photo of a tree");
    PatchDraft draft = edit(alone, context);
    assertThat(context.said)
        .contains("no CLIP classifier for this model: the images are used unchecked");
    assertThat(context.goals.get(0).instances()).containsExactly("a lion");
    assertThat(draft.recipe().parameters()).containsEntry("preserve", "a photo of a tree");
    assertThat(draft.intent().concepts().get(0).prompts())
        .as("the instance's own name loses the attention")
        .containsExactly("a photo of a lion");
  }
}

package dev.forgetmenot.plugin.forget;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In which prompts ablation learns a style. */
class StyleAblationTest {
  private static final KnownConcepts KNOWN =
      new KnownConcepts(
          Stream.of("a ball", "a boat", "a castle", "a fox", "a house", "a tree", "an owl")
              .map(
                  thing ->
                      new KnownConcepts.Phrase(
                          thing.split(" ", -1)[1], thing, ConceptType.OBJECT, ""))
              .toList(),
          List.of());
  private static final Map<String, String> SMALL =
      Map.of("steps", "1", "learning-rate", "1e-3", "num-images", "7");

  @TempDir Path folder;

  private PatchDraft ablated(List<Concept> concepts, Map<String, String> given) throws IOException {
    RecordedJob job =
        new RecordedJob(folder.resolve("state.safetensors"), Integer.MAX_VALUE, false);
    job.known = KNOWN;
    try (StableDiffusion sd =
        StableDiffusion.load(
            GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model"), LoadOptions.defaults())) {
      return RecordedJob.edit(sd, new ConceptAblation(), concepts, given, job);
    }
  }

  @Test
  void aStyleIsTrainedWithThingsAndAThingAlone() throws IOException {
    PatchDraft draft =
        ablated(
            List.of(
                new Concept("castle", ConceptType.OBJECT),
                new Concept("sketch", ConceptType.STYLE)),
            SMALL);
    List<Manifest.IntentConcept> trained = draft.intent().concepts();
    assertThat(trained.get(0).prompts()).containsExactly("a photo of a castle");
    assertThat(trained.get(1).prompts())
        .hasSize(7)
        .startsWith("a photo in the style of sketch", "a photo of a ball in the style of sketch")
        .contains("a photo of a boat in sketch style");
    assertThat(draft.recipe().parameters().get("anchor-prompts"))
        .startsWith("a photo of an object | a photo | a photo of a ball | a photo of a boat | ");
  }

  @Test
  void aGivenTemplateIsTheOnlyPrompt() throws IOException {
    Map<String, String> given = new HashMap<>(SMALL);
    given.put("template", "a drawing, {}");
    PatchDraft draft = ablated(List.of(new Concept("sketch", ConceptType.STYLE)), given);
    assertThat(draft.intent().concepts().get(0).prompts()).containsExactly("a drawing, sketch");
  }
}

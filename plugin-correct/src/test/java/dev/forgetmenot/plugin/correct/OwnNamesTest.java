package dev.forgetmenot.plugin.correct;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.kit.concept.ConceptEmbeddings;
import dev.forgetmenot.kit.concept.PromptPhrase;
import dev.forgetmenot.kit.concept.PromptTemplate;
import dev.forgetmenot.kit.concept.TokenSelection;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patching.gate.PromptEncoder;
import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.solve.PreservedEmbeddings;
import dev.forgetmenot.testkit.EmbeddedModel;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** With their defaults on a model that has learned to draw: the word moves, its instances stay. */
class OwnNamesTest {
  private static final Concept ANIMAL = new Concept("an animal", ConceptType.OBJECT);
  private static final KnownConcepts VOCABULARY =
      new KnownConcepts(
          Stream.of(
                  "soccer ball",
                  "basketball",
                  "dog",
                  "cat",
                  "lion",
                  "car",
                  "bus",
                  "balloon",
                  "pizza",
                  "genie",
                  "zombie",
                  "fairy")
              .map(name -> new KnownConcepts.Phrase(name, "a " + name, ConceptType.OBJECT, ""))
              .toList(),
          List.of("an animal", "a fruit", "a vehicle", "a food", "a person"));

  private static StableDiffusion model;

  @BeforeAll
  static void load() throws IOException {
    model = StableDiffusion.load(EmbeddedModel.folder(), LoadOptions.defaults());
  }

  @AfterAll
  static void free() throws IOException {
    model.close();
  }

  private static InputUpdate edit(ConceptEditor editor, Map<String, String> given)
      throws IOException {
    Settings values = Settings.of(editor.parameters(), given);
    PatchDraft draft =
        model
            .engine()
            .call(() -> editor.edit(List.of(ANIMAL), values, model, new Listener(VOCABULARY)));
    return TinyModel.solved(draft);
  }

  /** How far all rows of a phrase that a default solve looks at are moved. */
  private static double drift(InputUpdate edit, String phrase) {
    return model
        .engine()
        .call(
            () ->
                PreservedEmbeddings.drift(
                    edit,
                    new ConceptEmbeddings(
                            new PromptEncoder(model),
                            TokenSelection.PADDING,
                            4,
                            List.of(PromptTemplate.ofThings()))
                        .of(PromptPhrase.of(phrase, VOCABULARY))));
  }

  private static void assertStays(InputUpdate edit, String... phrases) {
    double word = drift(edit, "an animal");
    assertThat(word).isGreaterThan(0.05);
    for (String phrase : phrases) {
      assertThat(drift(edit, phrase)).as(phrase).isLessThan(0.1 * word);
    }
  }

  @Test
  void whatIsBalancedStaysUnderItsOwnNames() throws IOException {
    assertStays(edit(new Balance(), Map.of("balance", "dog,cat,lion")), "a dog", "a cat", "a lion");
  }

  @Test
  void theGuideStaysWhereTheWordBecomesIt() throws IOException {
    assertStays(edit(new Retarget(), Map.of("guide", "a car")), "a car");
  }

  @Test
  void theOtherThingStaysWhereTheWordLosesIt() throws IOException {
    assertStays(edit(new AttributeCorrection(), Map.of("without", "a dog")), "a dog");
  }
}

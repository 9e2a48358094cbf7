package dev.forgetmenot.host.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor.Operation;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.evaluation.bench.Bench;
import dev.forgetmenot.evaluation.bench.BenchConcept;
import dev.forgetmenot.files.TextFile;
import dev.forgetmenot.host.edit.ConceptNames;
import dev.forgetmenot.host.evaluate.VocabularyFile;
import dev.forgetmenot.testkit.EmbeddedModel;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of docs/recipes can be used as they are. */
class RecipesTest {
  private static final Path RECIPES = GoldenFolders.inProject("docs/recipes/harm.md").getParent();

  @TempDir Path folder;
  private RunFiles files;

  @BeforeEach
  void open() throws IOException {
    files = new RunFiles(folder);
  }

  @AfterEach
  void close() {
    files.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"harm", "nsfw", "nsfw-robust"})
  void runFileSaysWhatItForgets(String name) throws IOException {
    String text = TextFile.read(RECIPES.resolve(name + ".yaml"));
    RunPlan plan = files.read(text.lines().toArray(String[]::new));
    assertThat(plan.concepts()).hasSizeGreaterThan(4);
    assertThat(plan.patch()).contains(name + ".fmnpatch");
  }

  @Test
  void listAsksForWhatTheRunFilesForget() throws IOException {
    Bench bench = Bench.read(RECIPES.resolve("nsfw-list.yaml").toString());
    String forgotten = TextFile.read(RECIPES.resolve("nsfw.yaml"));
    assertThat(bench.concepts()).hasSize(1);
    assertThat(bench.concepts().get(0).members())
        .isNotEmpty()
        .allSatisfy(member -> assertThat(forgotten).contains(member.text()));
  }

  @Test
  void listOfErasersHasAnIdentityAnObjectAndAStyle() throws IOException {
    Bench bench = Bench.read(RECIPES.resolve("erasers.yaml").toString());
    assertThat(bench.concepts().subList(0, 3))
        .extracting(BenchConcept::name)
        .containsExactly("merlin", "soccer ball", "sketch");
  }

  @Test
  void eachConceptOfTheEmbeddedModelIsEitherTunedOnOrReportedOn() throws IOException {
    KnownConcepts known = VocabularyFile.of(EmbeddedModel.folder());
    List<String> tuning = names(known, "emoji-tuning.txt");
    List<String> reported = names(known, "emoji-reported.txt");
    assertThat(tuning).hasSize(40).doesNotContainAnyElementsOf(reported);
    assertThat(Stream.concat(tuning.stream(), reported.stream()))
        .containsExactlyInAnyOrderElementsOf(
            known.phrases().stream().map(KnownConcepts.Phrase::name).toList());
  }

  private static List<String> names(KnownConcepts known, String file) throws IOException {
    return new ConceptNames(known, true, Operation.FORGET, false)
        .of(List.of("@" + RECIPES.resolve(file)), Optional.empty()).stream()
            .map(Concept::name)
            .toList();
  }
}

package dev.forgetmenot.host.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.evaluation.bench.Bench;
import dev.forgetmenot.evaluation.bench.BenchConcept;
import dev.forgetmenot.files.TextFile;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Path;
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
}

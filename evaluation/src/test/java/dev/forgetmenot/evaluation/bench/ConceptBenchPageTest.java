package dev.forgetmenot.evaluation.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/concept-bench.md says of lists, beside the lists. */
class ConceptBenchPageTest {
  @TempDir Path folder;

  private static String page() throws IOException {
    return Files.readString(GoldenFolders.inProject("docs/concept-bench.md"));
  }

  @Test
  void theExampleIsAListWithoutMistakes() throws IOException {
    String page = page();
    int start = page.indexOf("```yaml\n") + "```yaml\n".length();
    Bench bench = new ListFile(folder).read(page.substring(start, page.indexOf("```\n", start)));
    BenchConcept tugboat = bench.find("tugboat").orElseThrow();
    assertThat(bench.prompts(tugboat, Rung.PREFIX)).containsExactly("a photo of a happytugboat");
    assertThat(page).contains("*a happytugboat*");
  }

  @Test
  void theTableCountsTheConceptsOfTheLists() throws IOException {
    for (String name : Bench.shipped()) {
      Bench bench = Bench.read(name);
      List<Integer> counts =
          List.of(
              bench.concepts(ConceptKind.IDENTITY).size(),
              bench.concepts(ConceptKind.OBJECT).size(),
              bench.concepts(ConceptKind.STYLE).size());
      String row =
          page()
              .lines()
              .filter(line -> line.startsWith("| `" + name + "` |"))
              .findFirst()
              .orElse("");
      assertThat(row)
          .contains("| " + counts.get(0) + " | " + counts.get(1) + " | " + counts.get(2) + " |");
    }
  }

  @Test
  void everyRungHasARow() throws IOException {
    for (Rung rung : Rung.values()) {
      assertThat(page()).contains("| `" + rung.word() + "` |");
    }
  }
}

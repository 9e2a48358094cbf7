package dev.forgetmenot.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AttackTableTest {
  @TempDir private Path folder;

  private final EvaluationReport report = SampleAttacks.report();

  @Test
  void theTerminalHasOneTableWithControlsAndVerdicts() {
    List<String> lines = TerminalTable.lines(report);
    String row =
        lines.stream().filter(line -> line.startsWith("invert")).reduce((a, b) -> b).orElseThrow();
    assertThat(row)
        .contains("50 steps", "embeddings, adaptive", "740", "0.2", "9/16 [29.9, 80.2]")
        .containsPattern(
            "16/16 +1/24 +2/16 +yes +REACHED \\(quick\\) +\"a photo of <c1>\" --seed 1003");
    assertThat(lines).anyMatch(line -> line.matches("off +weights restored .*686/686.*RESTORED"));
    assertThat(lines).anyMatch(line -> line.startsWith("NOT TESTED: names long"));
  }

  @Test
  void thePageShowsTheBestImageAndWhatBroughtIt() throws IOException {
    ReportWriter.write(folder, report, SampleReport::image);
    String page = Files.readString(folder.resolve(ReportWriter.PAGE));
    String table = page.substring(page.indexOf("Whether the target can be brought back."));
    assertThat(table)
        .contains("the best image of the attack invert 50 steps", "data:image/jpeg;base64,")
        .contains("Learned from 16 images.", "results/x/seed-1.safetensors", ">REACHED<")
        .contains("RESTORED")
        .doesNotContain("<img src=x");
  }

  @Test
  void promptsOfTheBestImagesAreAFileForGenerate() throws IOException {
    ReportWriter.write(folder, report, SampleReport::image);
    assertThat(Files.readAllLines(folder.resolve(ReportWriter.ATTACK_PROMPTS)))
        .containsExactly(
            "# lighthouse, invert 50 steps: needs --embedding"
                + " attack-files/invert-lighthouse-50-steps-seed-1.safetensors",
            "a photo of a lighthouse --w 64 --h 64 --d 1003 --s 20 --l 5.0");
  }

  @Test
  void whatBroughtItIsCopiedFromTheStore() throws IOException {
    Path store = folder.resolve("store");
    AttackFiles.copy(folder, report, store);
    assertThat(folder.resolve(AttackFiles.FOLDER)).doesNotExist();
    Files.createDirectories(store.resolve("results/x"));
    Files.write(store.resolve("results/x/seed-1.safetensors"), new byte[] {1, 2, 3});
    AttackFiles.copy(folder, report, store);
    assertThat(folder.resolve("attack-files/invert-lighthouse-50-steps-seed-1.safetensors"))
        .hasBinaryContent(new byte[] {1, 2, 3});
    EvaluationReport nothing = SampleAttacks.report(-1, List.of("results/x/seed-1.safetensors"));
    AttackFiles.copy(folder.resolve("none"), nothing, store);
    assertThat(folder.resolve("none")).doesNotExist();
  }

  @Test
  void searchedPromptsNeedNoEmbedding() throws IOException {
    EvaluationReport searched = SampleAttacks.report(3, List.of("results/y/prompts-0.txt"));
    ReportWriter.write(folder, searched, SampleReport::image);
    assertThat(Files.readAllLines(folder.resolve(ReportWriter.ATTACK_PROMPTS)))
        .contains("# lighthouse, invert 50 steps: needs --no-prompt-weights");
  }

  @Test
  void isReadBackWhole() throws IOException {
    ReportWriter.write(folder, report, SampleReport::image);
    EvaluationReport read = ReportReader.read(folder);
    assertThat(read).isEqualTo(report);
    assertThat(new String(ReportJson.bytes(read), StandardCharsets.UTF_8))
        .isEqualTo(Files.readString(folder.resolve(ReportWriter.JSON)));
  }

  @Test
  void luckIsAdjustedOverTheAttacks() {
    Family.Test test =
        Family.of(report).tests().stream()
            .filter(one -> one.of().attack().isPresent())
            .findFirst()
            .orElseThrow();
    assertThat(test.luck()).hasValue(10.0 / 512);
    assertThat(test.moreThanLuck()).hasValue(true);
  }
}

package dev.forgetmenot.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.testkit.EmbeddedModel;
import dev.forgetmenot.testkit.PackagedPlugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code fmn forget --in-turn}: a patch of each concept of a file, and what is said of all. */
class InTurnTest {
  @TempDir private Path folder;
  private Path out;
  private String plugins;

  @BeforeEach
  void install() throws IOException {
    out = folder.resolve("out");
    plugins = PackagedPlugins.copyTo(folder.resolve("plugins")).toString();
    Files.writeString(folder.resolve("names.txt"), "# two things\ncastle\nfox\n");
    Files.writeString(folder.resolve("known.txt"), "a castle\na fox\na key\nan owl\na car\n");
  }

  private ProgramRun run(String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "forget",
                "@" + folder.resolve("names.txt"),
                "--in-turn",
                "--method=oblique",
                "--known-concepts",
                folder.resolve("known.txt").toString(),
                "--report-images=2",
                "--prototypes=0",
                "-o",
                out.toString(),
                "--store",
                folder.resolve("store").toString(),
                "--model",
                EmbeddedModel.folder().toString(),
                "--plugins",
                plugins));
    words.addAll(List.of(more));
    return ProgramRun.of(words.toArray(String[]::new));
  }

  @Test
  void makesAPatchOfEachAndGoesOnWhereItWasStopped() throws IOException {
    ProgramRun first = run();
    assertThat(first.code()).as(first.err()).isEqualTo(ExitCodes.DONE);
    assertThat(first.out())
        .contains("1/2 castle: oblique, ", "2/2 fox: oblique, ")
        .contains("2 concepts, of which 0 failed and 2 were measured")
        .contains("wrote " + out.resolve("table.md"));
    for (String name : List.of("forget-castle", "forget-fox")) {
      for (String ending : List.of(".fmnpatch", ".png", ".md", ".json")) {
        assertThat(out.resolve(name + ending)).isNotEmptyFile();
      }
    }
    assertThat(out.resolve("charts.png")).isNotEmptyFile();
    assertThat(out.resolve("sheet.png")).isNotEmptyFile();
    String table = Files.readString(out.resolve("table.md"));
    assertThat(table).contains("| castle | oblique |", "| fox | oblique |");
    assertThat(Files.readString(out.resolve("table.csv")).lines()).hasSize(3);

    Files.delete(out.resolve("forget-fox.fmnpatch"));
    byte[] kept = Files.readAllBytes(out.resolve("forget-castle.json"));
    ProgramRun second = run();
    assertThat(second.code()).as(second.err()).isEqualTo(ExitCodes.DONE);
    assertThat(second.out()).contains("2/2 fox: oblique, ").doesNotContain("1/2 castle");
    assertThat(out.resolve("forget-fox.fmnpatch")).isNotEmptyFile();
    assertThat(out.resolve("forget-castle.json")).hasBinaryContent(kept);

    ProgramRun other = run("--rank=1");
    assertThat(other.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(other.err()).contains("forget-castle.json is of other settings or of another model");
  }

  @Test
  void aConceptThatCannotBeForgottenDoesNotStopTheOthers() throws IOException {
    Files.writeString(folder.resolve("names.txt"), "castle\n" + "word ".repeat(90) + "\n");
    ProgramRun run = run("--any-name");
    assertThat(run.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(run.out()).contains("2 concepts, of which 1 failed and 1 were measured");
    assertThat(Files.readString(out.resolve("table.md")))
        .contains("| castle | oblique |")
        .contains("failed: the prompt 'a photo of word word");
  }

  @Test
  void aFileOfOthersIsNotReplaced() throws IOException {
    Files.createDirectories(out);
    Files.writeString(out.resolve("forget-fox.fmnpatch"), "mine");
    ProgramRun run = run();
    assertThat(run.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(run.err()).contains("forget-fox.fmnpatch exists already: give --overwrite");
    assertThat(out.resolve("forget-fox.fmnpatch")).hasContent("mine");
  }
}

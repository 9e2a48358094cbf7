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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No command replaces a file that is there before it is told to, and it asks before any work. */
class OverwriteTest {
  private static final String MODEL = EmbeddedModel.folder().toString();

  @TempDir Path folder;

  /** Of each command: what it would write, and its words; the inputs need not be there. */
  @ParameterizedTest
  @CsvSource({
    "out.fmnpatch, patch import none.safetensors -o",
    "out.fmnpatch, patch diff none other -o",
    "out.safetensors, patch export none.fmnpatch --to lora -o",
    "out.fmnpatch, patch gate none.fmnpatch --off -o",
    "out.fmnstack, patch stack none.fmnpatch -o",
    "out.png, patch conflicts none.fmnpatch other.fmnpatch --png",
    "out.fmnpatch, forget castle --method closed-form -o",
    "out.fmnpatch, correct wizard --method balance -o"
  })
  void whatIsThereStays(String name, String command) throws IOException {
    Path file = Files.writeString(folder.resolve(name), "mine");
    List<String> args = new ArrayList<>(List.of(command.split(" ")));
    args.add(file.toString());
    refused(file, args.toArray(String[]::new));
  }

  private void refused(Path file, String... command) throws IOException {
    boolean editors = !command[0].equals("patch");
    String[] more =
        editors ? new String[] {"--model", MODEL, "--plugins", plugins()} : new String[0];
    ProgramRun run =
        ProgramRun.of(Stream.concat(Stream.of(command), Stream.of(more)).toArray(String[]::new));
    assertThat(run.err()).contains(file + " exists already: give --overwrite to replace it");
    assertThat(run.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(run.out()).doesNotContain("needs about");
    if (Files.isRegularFile(file)) {
      assertThat(file).hasContent("mine");
    }
  }

  private String plugins() throws IOException {
    Path plugins = folder.resolve("plugins");
    return Files.isDirectory(plugins)
        ? plugins.toString()
        : PackagedPlugins.copyTo(plugins).toString();
  }

  @Test
  void aReportBesideAPatchIsAskedForLikeThePatch() throws IOException {
    String patch = folder.resolve("a.fmnpatch").toString();
    Path sheet = Files.writeString(folder.resolve("a.png"), "mine");
    refused(sheet, "forget", "castle", "--method", "closed-form", "-o", patch);
    refused(sheet, "correct", "wizard", "--method", "balance", "-o", patch);
    Files.delete(sheet);
    Path table = Files.writeString(folder.resolve("a.md"), "mine");
    refused(table, "correct", "wizard", "--method", "balance", "-o", patch);
    refused(table, "forget", "castle", "--method", "closed-form", "-o", patch);
    assertThat(folder.resolve("a.fmnpatch")).doesNotExist();
  }

  @Test
  void withoutAReportItsFilesStay() throws IOException {
    Path sheet = Files.writeString(folder.resolve("a.png"), "mine");
    Path patch = folder.resolve("a.fmnpatch");
    String[] command = {
      "forget",
      "castle",
      "--method",
      "closed-form",
      "--no-report",
      "--model",
      MODEL,
      "--plugins",
      plugins(),
      "-o",
      patch.toString()
    };
    assertThat(ProgramRun.of(command).code()).isZero();
    assertThat(patch).exists();
    assertThat(sheet).hasContent("mine");
  }

  @ParameterizedTest
  @CsvSource({
    "comparison.png",
    "samples.csv",
    "loss.csv",
    "loss.png",
    "forget-castle.fmnpatch",
    "forget-castle.png",
    "forget-castle.md"
  })
  void aRunAsksForAllThatItReplaces(String name) throws IOException {
    Path output = Files.createDirectory(folder.resolve("output"));
    Path file = Files.writeString(output.resolve(name), "mine");
    Path run =
        Files.writeString(
            folder.resolve("run.yaml"), "method: resteer\nconcepts: [castle]\noutput: " + output);
    refused(file, "run", run.toString());
    assertThat(output.resolve("config.yaml")).doesNotExist();
  }

  @Test
  void aComparisonAsksForItsTable() throws IOException {
    Path table = Files.writeString(folder.resolve("table.md"), "mine");
    refused(table, "compare", "castle", "-o", folder.toString());
  }

  @Test
  void anInversionAsksForItsTokensAndTheirCurve() throws IOException {
    for (String name : List.of("loss.csv", "learned_embeds.safetensors")) {
      Path file = Files.writeString(folder.resolve(name), "mine");
      refused(file, "invert", "none", "-o", folder.toString());
      Files.delete(file);
    }
  }
}

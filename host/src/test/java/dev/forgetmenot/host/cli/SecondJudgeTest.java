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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report of {@code fmn forget} by two judges, on the embedded model. */
class SecondJudgeTest {
  @TempDir private Path folder;

  private ProgramRun forget(String patch, String... more) throws IOException {
    List<String> words =
        new ArrayList<>(
            List.of(
                "forget",
                "castle",
                "--method=oblique",
                "--report-images=4",
                "-o",
                folder.resolve(patch).toString(),
                "--store",
                folder.resolve("store").toString(),
                "--model",
                EmbeddedModel.folder().toString(),
                "--plugins",
                PackagedPlugins.copyTo(folder.resolve("plugins-" + patch)).toString()));
    words.addAll(List.of(more));
    return ProgramRun.of(words.toArray(String[]::new));
  }

  @Test
  void oneJudgeChoosesAndTheOtherReports() throws IOException {
    ProgramRun first = forget("first.fmnpatch", "--prototypes=2");
    assertThat(first.code()).as(first.err()).isEqualTo(ExitCodes.DONE);
    assertThat(first.out() + first.err())
        .containsPattern("drew \\d+ images of \\d+ concepts for the second judge")
        .contains("judge B, prototypes, reports; A, texts, chose")
        .contains("judge A, texts: recognised as a castle ")
        .containsPattern("the judges differ on \\d+ of 50 images after it");
    assertThat(Files.readString(folder.resolve("first.md")))
        .contains("Prompt: \"an image of a castle\"", "judge B, prototypes, reports")
        .containsPattern("near: .* and 5 more, recognised");
    ProgramRun second = forget("second.fmnpatch", "--prototypes=2");
    assertThat(second.out() + second.err())
        .contains("judge B, prototypes, reports")
        .doesNotContain("for the second judge");
  }

  @Test
  void oneJudgeIsEnoughForWhoSaysSo() throws IOException {
    ProgramRun run = forget("one.fmnpatch", "--prototypes=0");
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCodes.DONE);
    assertThat(run.out()).contains("recognised as a castle").doesNotContain("judge B");
    assertThat(folder.resolve("store/objects")).as("images of the untouched model").exists();
    assertThat(folder.resolve("store/embeddings")).as("nothing for a second judge").doesNotExist();
    ProgramRun wrong = forget("wrong.fmnpatch", "--prototypes=1");
    assertThat(wrong.code()).isEqualTo(ExitCodes.WRONG_USE);
    assertThat(wrong.err()).contains("2 images of each concept or more, or 0 for none, not 1");
    assertThat(folder.resolve("wrong.fmnpatch")).doesNotExist();
  }
}

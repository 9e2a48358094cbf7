package dev.forgetmenot.host.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.host.cli.ProgramRun;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code fmn evaluate check}. */
class EvaluateCheckCommandTest {
  @TempDir private Path folder;

  @Test
  void saysWhatAShippedListHolds() {
    ProgramRun run = ProgramRun.of("evaluate", "check", "emoji");
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCodes.DONE);
    assertThat(run.out())
        .contains("emoji, version 1: 12 identities, 113 objects, 6 styles, 2 groups, 125 general")
        .contains("Never known: kite, anchor, ladder");
    assertThat(ProgramRun.of("evaluate", "check", "core").out()).contains("no M* and no floor");
  }

  @Test
  void saysWhichFilesOfJudgesCannotBeUsed() throws IOException {
    Files.writeString(folder.resolve("empty.txt"), "\n");
    Files.createDirectories(folder.resolve("no-clip"));
    Path list = folder.resolve("judges.yaml");
    Files.writeString(
        list,
        """
        bench: mine
        version: 1
        include: core
        judge:
          vocabulary: empty.txt
          text: no-clip
          extraClip: no-clip
          calibrated: some
        """);
    assertThat(ProgramRun.of("evaluate", "check", list.toString()).err())
        .contains(list + ":8:15: calibrated must be one of all, near, not 'some'");
    Files.writeString(list, Files.readString(list).replace("calibrated: some", "second: none"));
    ProgramRun run = ProgramRun.of("evaluate", "check", list.toString());
    assertThat(run.code()).isEqualTo(ExitCodes.WRONG_USE);
    assertThat(run.err())
        .contains(list + ":5:15: vocabulary cannot be used: ", "empty.txt names nothing")
        .contains(list + ":6:9: text cannot be used: ")
        .contains(list + ":7:14: extraClip cannot be used: ");
  }

  @Test
  void saysAllMistakesOfAFileWithLineAndColumn() throws IOException {
    Path list = folder.resolve("list.yaml");
    Files.writeString(
        list,
        """
        bench: mine
        version: one
        include: core
        colour: red
        concepts: []
        """);
    ProgramRun run = ProgramRun.of("evaluate", "check", list.toString());
    assertThat(run.code()).isEqualTo(ExitCodes.WRONG_USE);
    assertThat(run.err())
        .contains(list + ":2:10: version must be a whole number, not 'one'")
        .contains(list + ":4:1: colour is not a known key");
  }
}

package dev.forgetmenot.studio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.files.TextFile;
import dev.forgetmenot.host.cli.CommandLineProgram;
import dev.forgetmenot.host.cli.shell.Console;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.testkit.EmbeddedModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command as the program finds it. */
class ServeCommandTest {
  @TempDir private Path folder;

  private final StringWriter said = new StringWriter();

  private int run(boolean stop, String... words) {
    PrintWriter writer = new PrintWriter(said);
    return new CommandLineProgram(new Console(writer, writer, false), () -> stop).run(words);
  }

  @Test
  void theProgramListsIt() {
    assertThat(run(false, "--help")).isEqualTo(ExitCodes.DONE);
    assertThat(said.toString()).contains("serve");
    assertThat(run(false, "serve", "--help")).isEqualTo(ExitCodes.DONE);
    assertThat(said.toString()).contains("--allow-host", "SillyTavern");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--port=-1", "--port=65536", "--queue=0"})
  void whatIsOutOfRangeIsRefused(String option) {
    assertThat(run(false, "serve", option, "--state", folder.toString()))
        .isEqualTo(ExitCodes.WRONG_USE);
    assertThat(said.toString()).contains("--port should be in [0, 65535], and --queue 1 or more");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void itSaysWhereItAnswersAndEndsWhenAsked() throws IOException {
    Path state = folder.resolve("state");
    Path plugins = Files.createDirectory(folder.resolve("plugins"));
    assertThat(
            run(
                true,
                "serve",
                "--port",
                "0",
                "--state",
                state.toString(),
                "--plugins",
                plugins.toString(),
                "--model",
                EmbeddedModel.folder().toString()))
        .isEqualTo(ExitCodes.DONE);
    assertThat(said.toString())
        .containsPattern("http://127\\.0\\.0\\.1:\\d+ answers")
        .contains("fmn:" + TextFile.read(state.resolve("token")).strip());
  }
}

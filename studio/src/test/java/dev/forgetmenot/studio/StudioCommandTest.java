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
import java.nio.file.attribute.PosixFilePermission;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as the program finds it. */
class StudioCommandTest {
  @TempDir private Path folder;

  private final StringWriter said = new StringWriter();

  private int run(String... words) {
    PrintWriter writer = new PrintWriter(said);
    return new CommandLineProgram(new Console(writer, writer, false), () -> true).run(words);
  }

  @Test
  void itSaysAnAddressWhoseTokenNoServerSees() throws IOException {
    Path state = folder.resolve("state");
    Path plugins = Files.createDirectory(folder.resolve("plugins"));
    assertThat(
            run(
                "studio",
                "--no-open",
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
        .containsPattern("http://127\\.0\\.0\\.1:\\d+/#token=[A-Za-z0-9_-]{43}\n")
        .contains(TextFile.read(state.resolve("token")).strip());
    assertThat(state.resolve("open.html")).as("nothing was to be opened").doesNotExist();
  }

  @Test
  void theHelpNamesWhatItAddsToServe() {
    assertThat(run("studio", "--help")).isEqualTo(ExitCodes.DONE);
    assertThat(said.toString()).contains("--no-open", "--patch", "--port");
  }

  @Test
  void eachSystemHasItsProgram() {
    assertThat(Browser.opener("Mac OS X")).containsExactly("open");
    assertThat(Browser.opener("Windows 11")).first().isEqualTo("rundll32");
    assertThat(Browser.opener("Linux")).containsExactly("xdg-open");
  }

  @Test
  void theFileForTheBrowserIsItsOwnersAlone() throws IOException {
    Path file = folder.resolve("open.html");
    Files.writeString(file, "older, for all");
    Browser.write("http://127.0.0.1:1/#token=secret", file);
    assertThat(file).content().contains("url=http://127.0.0.1:1/#token=secret");
    if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
      assertThat(Files.getPosixFilePermissions(file))
          .containsOnly(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    }
  }
}

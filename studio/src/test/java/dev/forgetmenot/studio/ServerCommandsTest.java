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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands as the program finds them. */
class ServerCommandsTest {
  @TempDir private Path folder;

  private final StringWriter said = new StringWriter();

  private int run(boolean stop, String... words) {
    PrintWriter writer = new PrintWriter(said);
    return new CommandLineProgram(new Console(writer, writer, false), () -> stop).run(words);
  }

  /** Starts a server that is asked to end at once. */
  private String started(Path state, String... words) throws IOException {
    Path plugins = Files.createDirectory(folder.resolve("plugins"));
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--port", "0", "--state", state.toString()));
    all.addAll(List.of("--plugins", plugins.toString()));
    all.addAll(List.of("--model", EmbeddedModel.folder().toString()));
    assertThat(run(true, all.toArray(String[]::new))).isEqualTo(ExitCodes.DONE);
    return TextFile.read(state.resolve("token")).strip();
  }

  @Test
  void theProgramListsThem() {
    assertThat(run(false, "--help")).isEqualTo(ExitCodes.DONE);
    assertThat(said.toString()).contains("serve", "studio");
    assertThat(run(false, "serve", "--help")).isEqualTo(ExitCodes.DONE);
    assertThat(said.toString()).contains("--allow-host", "SillyTavern").doesNotContain("--no-open");
    assertThat(run(false, "studio", "--help")).isEqualTo(ExitCodes.DONE);
    assertThat(said.toString()).contains("--no-open");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--port=-1 | --port should be in [0, 65535]",
        "--port=65536 | --port should be in [0, 65535]",
        "--queue=0 | --queue should be 1 or more",
        "--listen=0.0.0.0 | give --tls-cert and --tls-key, or say --insecure-http",
        "--listen=192.0.2.1 | give --tls-cert and --tls-key, or say --insecure-http",
        "--listen=::ffff:192.0.2.1 | give --tls-cert and --tls-key, or say --insecure-http",
        "--listen=no.such.name.invalid | --listen should be an address of this machine",
        "--tls-cert=a.crt | --tls-cert and --tls-key should be given both",
        "--tls-key=a.key --listen=0.0.0.0 | --tls-cert and --tls-key should be given both",
        "--insecure-http --tls-cert=a --tls-key=b | exclude each other"
      })
  void optionsThatDoNotFitAreRefused(String options, String sentence) {
    List<String> words = new ArrayList<>(List.of("serve", "--state", folder.toString()));
    words.addAll(List.of(options.split(" ", -1)));
    assertThat(run(false, words.toArray(String[]::new))).isEqualTo(ExitCodes.WRONG_USE);
    assertThat(said.toString()).contains(sentence);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aCertificateThatIsNotThereIsSaidBeforeAnythingBegins() {
    String[] words = {
      "serve", "--state", folder.toString(), "--tls-cert", "none.crt", "--tls-key", "none.key"
    };
    assertThat(run(false, words)).isEqualTo(ExitCodes.FAILED);
    assertThat(said.toString()).contains("none.crt is not there; --tls-cert names a PEM file");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void whoListensBeyondThisMachineIsWarned() throws IOException {
    started(folder.resolve("state"), "serve", "--listen", "0.0.0.0", "--insecure-http");
    assertThat(said.toString())
        .contains("warning: other machines reach the server on 0.0.0.0")
        .contains("warning: without TLS the token and all images are read");
  }

  @Test
  void theServerSaysWhereItAnswersAndEndsWhenAsked() throws IOException {
    String token = started(folder.resolve("state"), "serve");
    assertThat(said.toString())
        .containsPattern("http://127\\.0\\.0\\.1:\\d+ answers")
        .contains("fmn:" + token);
  }

  @Test
  void theStudioSaysAnAddressWhoseTokenNoServerSees() throws IOException {
    Path state = folder.resolve("state");
    String token = started(state, "studio", "--no-open");
    assertThat(said.toString()).containsPattern("http://127\\.0\\.0\\.1:\\d+/#token=" + token);
    assertThat(state.resolve("open.html")).as("nothing was to be opened").doesNotExist();
  }

  @Test
  void eachSystemHasAProgramThatOpensFiles() {
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

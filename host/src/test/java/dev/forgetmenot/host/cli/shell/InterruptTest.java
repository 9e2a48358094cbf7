package dev.forgetmenot.host.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.host.Fmn;
import dev.forgetmenot.testkit.EmbeddedModel;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Signals to the real process. A build in the background (a build server, {@code nohup mvn ... &})
 * is started with Ctrl-C ignored, and so is every process that it starts.
 */
@EnabledOnOs({OS.LINUX, OS.MAC})
class InterruptTest {
  /** What a system adds to a signal's number: Ctrl-C is 2, a request to end is 15. */
  private static final int BY_SIGNAL = 128;

  @TempDir Path folder;

  private Path images;
  private Process process;
  private BufferedReader said;

  @BeforeEach
  void start() throws IOException {
    images = folder.resolve("images");
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Fmn.class.getName(),
                "generate",
                "anything",
                "--steps",
                "900",
                "--plugins",
                folder.toString(),
                "--model",
                EmbeddedModel.folder().toString(),
                "-o",
                images.toString())
            .redirectErrorStream(true)
            .start();
    said = process.inputReader(StandardCharsets.UTF_8);
    assertThat(said.readLine()).startsWith("seed ");
  }

  @AfterEach
  void end() {
    process.destroyForcibly();
  }

  @Test
  void controlCEndsTheProcessBetweenStepsUnlessItsCallerIgnoresIt() throws Exception {
    signal("INT");
    if (isControlCIgnored()) {
      assertThat(said.readLine()).as("goes on").startsWith("drawing ");
      signal("TERM");
      assertStopped(BY_SIGNAL + 15);
    } else {
      assertStopped(ExitCodes.STOPPED);
    }
  }

  @Test
  void aRequestToEndIsAsGood() throws Exception {
    signal("TERM");
    assertStopped(BY_SIGNAL + 15);
  }

  private void assertStopped(int code) throws IOException, InterruptedException {
    assertThat(said.lines()).anyMatch(line -> line.startsWith("Stopped."));
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(code);
    try (var files = Files.list(images)) {
      assertThat(files).isEmpty();
    }
  }

  private void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  /** Whether processes of this one are started so: a shell that survives the signal says it. */
  private static boolean isControlCIgnored() throws IOException {
    List<String> command = List.of("sh", "-c", "kill -INT $$; echo survived");
    Process shell = new ProcessBuilder(command).start();
    return new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
        .startsWith("survived");
  }
}

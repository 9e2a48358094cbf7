package dev.forgetmenot.host.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.host.Fmn;
import dev.forgetmenot.testkit.EmbeddedModel;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C on the real process. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class InterruptTest {
  @TempDir Path folder;

  @Test
  void controlCEndsTheProcessBetweenStepsWith130() throws IOException, InterruptedException {
    Path pictures = folder.resolve("pictures");
    Process process =
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
                pictures.toString())
            .redirectErrorStream(true)
            .start();
    try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
      assertThat(said.readLine()).startsWith("seed ");
      new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
      assertThat(said.lines()).anyMatch(line -> line.startsWith("Stopped."));
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).isEqualTo(ExitCodes.STOPPED);
    try (var files = Files.list(pictures)) {
      assertThat(files).isEmpty();
    }
  }
}

package dev.forgetmenot.host.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A process in the middle of a step that does not end. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "signals are sent by kill")
class SecondInterruptTest {
  /** Works on one step for ever. */
  public static void main(String[] args) throws InterruptedException {
    Console console = Console.ofProcess();
    try (Interrupt interrupt = Interrupt.listen(console)) {
      console.say("working");
      while (!interrupt.requested()) {
        Thread.sleep(10);
      }
      console.say("asked to stop");
      Thread.sleep(TimeUnit.MINUTES.toMillis(5));
    }
  }

  @Test
  void theFirstWaitsForTheStepAndTheSecondEndsAtOnce() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                SecondInterruptTest.class.getName())
            .redirectErrorStream(true)
            .start();
    try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
      assertThat(said.readLine()).isEqualTo("working");
      terminate(process);
      assertThat(said.lines().limit(2))
          .containsExactlyInAnyOrder(
              "asked to stop", "stopping when this step is done; Ctrl-C again stops at once");
      assertThat(process.waitFor(500, TimeUnit.MILLISECONDS)).isFalse();
      terminate(process);
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).isEqualTo(ExitCodes.STOPPED);
  }

  /** Not by SIGINT, which processes are made to ignore that are started in the background. */
  private static void terminate(Process process) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-TERM", Long.toString(process.pid())).start().waitFor();
  }
}

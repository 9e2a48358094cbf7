package dev.forgetmenot.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

class CompletionCommandTest {
  private static final Path BASH = Path.of("/bin/bash");

  @TempDir Path folder;

  static boolean bash() {
    return Files.isExecutable(BASH);
  }

  @Test
  @EnabledIf("bash")
  void bashCompletesCommandsAndOptions() throws Exception {
    ProgramRun run = ProgramRun.of("completion");
    assertThat(run.code()).isZero();
    Path script = Files.writeString(folder.resolve("fmn.bash"), run.out());
    assertThat(completed(script, "fmn", "patch", "insp")).isEqualTo("inspect");
    assertThat(completed(script, "fmn", "generate", "--nega")).contains("--negative");
  }

  private static String completed(Path script, String... words) throws Exception {
    String ask =
        "source '"
            + script
            + "'; COMP_WORDS=("
            + String.join(" ", words)
            + "); COMP_CWORD="
            + (words.length - 1)
            + "; COMP_LINE=\"${COMP_WORDS[*]}\"; COMP_POINT=${#COMP_LINE}; _complete_fmn;"
            + " echo \"${COMPREPLY[*]}\"";
    Process bash = new ProcessBuilder(BASH.toString(), "-c", ask).redirectErrorStream(true).start();
    String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(bash.waitFor(1, TimeUnit.MINUTES)).isTrue();
    return said.strip();
  }
}

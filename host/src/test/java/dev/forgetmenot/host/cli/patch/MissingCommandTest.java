package dev.forgetmenot.host.cli.patch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.host.cli.ProgramRun;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The program without the jar of fmn patch push and pull, as on this module's class path. */
class MissingCommandTest {
  @ParameterizedTest
  @ValueSource(strings = {"push a.fmnpatch ghcr.io/a/b:1 --plain-http", "pull ghcr.io/a/b -o c"})
  void theJarIsNamed(String line) {
    ProgramRun run = ProgramRun.of(("patch " + line).split(" ", -1));
    assertThat(run.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(run.err())
        .contains("FMN-704 fmn patch " + line.substring(0, 4))
        .contains("fmn-plugin-oci", "lib/");
  }

  @Test
  void theHelpPageDoesNotShowWhatIsNotThere() {
    assertThat(ProgramRun.of("patch", "--help").out())
        .contains("verify", "policy")
        .doesNotContain("push", "pull");
  }
}

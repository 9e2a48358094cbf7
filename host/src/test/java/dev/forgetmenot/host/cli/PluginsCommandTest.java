package dev.forgetmenot.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.host.HostVersions;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.testkit.PluginJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginsCommandTest {
  @TempDir Path folder;

  @Test
  void listsWhatWorksAndWhyTheRestDoesNot() throws IOException {
    PluginJar.of("works", "1.2.3")
        .extension(
            "works.Watcher",
            """
            package works;
            public class Watcher implements dev.forgetmenot.api.model.ModelExtension {
              public void loaded(dev.forgetmenot.api.model.PatchableModel model) {}
            }
            """)
        .write(folder);
    PluginJar.of("future", "0.1.0").requires(">=99.0.0").write(folder);
    Files.writeString(folder.resolve("text.jar"), "this is not an archive");
    ProgramRun run = ProgramRun.of("plugins", "--plugins", folder.toString());
    assertThat(run.code()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .containsPattern("works +1.2.3 +STARTED")
        .contains("ModelExtension  works.Watcher")
        .containsPattern("future +0.1.0 +DISABLED")
        .contains("requires host-api >=99.0.0")
        .containsPattern("text.jar +REFUSED")
        .contains("not a readable jar");
  }

  @Test
  void saysThatThereIsNone() {
    ProgramRun run = ProgramRun.of("plugins", "--plugins", folder.resolve("absent").toString());
    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("no plugins in");
  }

  @Test
  void wrongUseIsTwoAndHelpIsZero() {
    assertThat(ProgramRun.of("pluginz").code()).isEqualTo(ExitCodes.WRONG_USE);
    assertThat(ProgramRun.of().code()).isEqualTo(ExitCodes.WRONG_USE);
    assertThat(ProgramRun.of("plugins", "--no-such-option").code()).isEqualTo(ExitCodes.WRONG_USE);
    ProgramRun help = ProgramRun.of("--help");
    assertThat(help.code()).isZero();
    assertThat(help.out()).contains("plugins", "Exit codes");
    assertThat(ProgramRun.of("--version").out())
        .contains("host-api " + HostVersions.read().hostApi());
  }
}

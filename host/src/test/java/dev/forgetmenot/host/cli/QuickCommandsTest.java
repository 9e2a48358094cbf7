package dev.forgetmenot.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.host.Fmn;
import dev.forgetmenot.testkit.EmbeddedModel;
import dev.forgetmenot.testkit.SmallPatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Commands that print, or only read and sign patches, start neither the engine nor plugins. */
class QuickCommandsTest {
  private static final List<String> SLOW =
      List.of("ai.djl.", "org.pf4j.", "dev.forgetmenot.plugin.");

  @TempDir static Path folder;

  @BeforeAll
  static void write() throws IOException {
    SmallPatch.write(folder.resolve("a.fmnpatch"), "forget-a", 1);
    assertThat(ProgramRun.of("patch", "keygen", "-o", folder.resolve("key").toString()).code())
        .isZero();
  }

  /** The classes that a command line loads in a JVM of its own. */
  private static List<String> loaded(String line, int code)
      throws IOException, InterruptedException {
    Path log = folder.resolve("classes.log");
    Path output = folder.resolve("output");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xlog:class+load=info:file=" + log.getFileName(),
                "-Dfmn.home=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                Fmn.class.getName()));
    for (String word : line.split(" ", -1)) {
      command.add(word.equals("MODEL") ? EmbeddedModel.folder().toString() : word);
    }
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    Map<String, String> environment = builder.environment();
    environment.put("XDG_CONFIG_HOME", folder.resolve("config").toString());
    Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(output)).isEqualTo(code);
    try (Stream<String> lines = Files.lines(log)) {
      return lines.map(text -> text.replaceFirst("^(\\[[^]]*])*\\s*", "")).toList();
    }
  }

  /** The verifier of the JVM loads the superclasses of our manager where a type is named. */
  private static Stream<String> slow(List<String> loaded) {
    return loaded.stream()
        .filter(name -> SLOW.stream().anyMatch(name::startsWith))
        .filter(name -> !name.matches("org\\.pf4j\\.(Abstract|Default)?PluginManager .*"));
  }

  @ParameterizedTest
  @CsvSource({
    "--help, 0",
    "--version, 0",
    "patch inspect a.fmnpatch, 0",
    "patch verify a.fmnpatch, 1", // it is not signed
    "patch sign a.fmnpatch --key key --detached, 0",
    "patch trust --trust-store trust.json, 0",
    "patch list --model MODEL, 0"
  })
  void touchesNeitherEngineNorPlugins(String line, int code)
      throws IOException, InterruptedException {
    List<String> loaded = loaded(line, code);
    assertThat(loaded).anyMatch(name -> name.startsWith("dev.forgetmenot.host.cli."));
    assertThat(slow(loaded)).isEmpty();
  }

  @Test
  void aCommandThatStartsPluginsIsSeen() throws IOException, InterruptedException {
    assertThat(slow(loaded("plugins --plugins .", 0))).isNotEmpty();
  }
}

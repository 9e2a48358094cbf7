package dev.forgetmenot.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of README.md in their order, in an empty folder, by the program as it is installed:
 * all blocks that are fenced as {@code sh}. Indented blocks are not run: they take minutes, or
 * files that the reader has.
 */
@DisabledOnOs(OS.WINDOWS)
class ReadmeIT {
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```sh\\n(.*?)^```$");

  @TempDir private Path folder;

  private static List<String> commands() throws IOException {
    String readme = Files.readString(Path.of("..", "README.md"), StandardCharsets.UTF_8);
    return BLOCK
        .matcher(readme)
        .results()
        .flatMap(block -> block.group(1).lines())
        .filter(line -> !line.isBlank())
        .toList();
  }

  @Test
  void eachCommandDoesWhatComesAfterItNeeds() throws Exception {
    Path installed = Path.of("target", "fmn", "bin", "fmn").toAbsolutePath();
    Path work = Files.createDirectory(folder.resolve("work"));
    Files.createSymbolicLink(work.resolve("fmn"), installed);
    List<String> commands = commands();
    assertThat(commands).hasSizeGreaterThan(10).allMatch(line -> line.startsWith("./fmn "));
    for (String command : commands) {
      Path output = folder.resolve("output.txt");
      ProcessBuilder shell = new ProcessBuilder("sh", "-c", command);
      shell.environment().put("JAVA_HOME", System.getProperty("java.home"));
      shell
          .environment()
          .put("FMN_JAVA_OPTS", "-Dfmn.trust=" + folder.resolve("settings/trust.json"));
      shell.directory(work.toFile()).redirectErrorStream(true).redirectOutput(output.toFile());
      Process process = shell.start();
      process.getOutputStream().close();
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).as(command + " ended in time").isTrue();
      assertThat(process.exitValue()).as(command + "\n" + Files.readString(output)).isZero();
    }
  }
}

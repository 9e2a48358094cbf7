package dev.forgetmenot.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The commands of a page in their order, in an empty folder, by the program as it is installed: all
 * blocks that are fenced as {@code sh}. Indented blocks are not run: they take minutes, or files
 * that the reader has. A command that ends with {@code # refused} must end with 1.
 */
@DisabledOnOs(OS.WINDOWS)
class PageCommandsIT {
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```sh\\n(.*?)^```$");
  private static final String REFUSED = " # refused";

  @TempDir private Path folder;

  private static List<String> commands(String page) throws IOException {
    String text = Files.readString(Path.of("..").resolve(page), StandardCharsets.UTF_8);
    return BLOCK
        .matcher(text)
        .results()
        .flatMap(block -> block.group(1).lines())
        .filter(line -> !line.isBlank())
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "docs/tutorial.md"})
  void eachCommandDoesWhatComesAfterItNeeds(String page) throws Exception {
    Path installed = Path.of("target", "fmn", "bin", "fmn").toAbsolutePath();
    Path work = Files.createDirectory(folder.resolve("work"));
    Files.createSymbolicLink(work.resolve("fmn"), installed);
    List<String> commands = commands(page);
    assertThat(commands)
        .hasSizeGreaterThan(10)
        .allMatch(line -> line.startsWith("./fmn ") || line.startsWith("cmp "));
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
      assertThat(process.exitValue())
          .as(command + "\n" + Files.readString(output))
          .isEqualTo(command.endsWith(REFUSED) ? 1 : 0);
    }
  }
}

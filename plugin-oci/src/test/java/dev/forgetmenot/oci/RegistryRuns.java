package dev.forgetmenot.oci;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.host.cli.CommandLineProgram;
import dev.forgetmenot.host.cli.shell.Console;
import dev.forgetmenot.testkit.SmallPatch;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A patch, a registry, and the program. */
class RegistryRuns {
  @TempDir Path folder;

  FakeRegistry registry;
  Path patch;
  Path pulled;

  /** What the last run said, on both streams. */
  String said = "";

  @BeforeEach
  final void begin() throws IOException {
    registry = new FakeRegistry();
    patch = SmallPatch.write(folder.resolve("a.fmnpatch"), "forget-a", 1);
    pulled = Files.createDirectory(folder.resolve("pulled")).resolve("b.fmnpatch");
  }

  @AfterEach
  final void end() {
    registry.close();
  }

  int run(String... words) {
    StringWriter both = new StringWriter();
    PrintWriter writer = new PrintWriter(both);
    int code = new CommandLineProgram(new Console(writer, writer, false), () -> false).run(words);
    said = both.toString();
    return code;
  }

  /** The same with a password on standard input. */
  int runAs(String password, String... words) {
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream((password + "\n").getBytes(StandardCharsets.UTF_8)));
    try {
      String[] all =
          Stream.concat(Stream.of(words), Stream.of("--username", "ann", "--password-stdin"))
              .toArray(String[]::new);
      return run(all);
    } finally {
      System.setIn(before);
    }
  }

  void push() {
    assertThat(run("patch", "push", patch.toString(), registry.named(":1"))).as(said).isZero();
  }

  int pull(String which, String... more) {
    String[] words =
        Stream.concat(
                Stream.of("patch", "pull", registry.named(which), "-o", pulled.toString()),
                Stream.of(more))
            .toArray(String[]::new);
    return run(words);
  }

  /** That a pull failed, said why, and left nothing. */
  void assertRefused(int code, String... words) throws IOException {
    assertThat(code).as(said).isEqualTo(1);
    assertThat(said).contains(words);
    assertThat(pulled.getParent()).isEmptyDirectory();
  }
}

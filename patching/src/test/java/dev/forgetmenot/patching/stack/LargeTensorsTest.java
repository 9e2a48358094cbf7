package dev.forgetmenot.patching.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No command needs two copies of a large tensor as floats. */
@Tag("slow")
class LargeTensorsTest {
  @TempDir Path folder;

  /**
   * The tensors have 118 MB as floats and 59 MB as halves. The serial collector moves large arrays
   * together, G1 does not: there the free 118 MB may be in two places.
   */
  @Test
  void oneTensorAsFloatsAndOneAsHalvesFitTheHeap() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx220m",
                "-XX:+UseSerialGC",
                "-Xmn24m",
                "-cp",
                System.getProperty("java.class.path"),
                LargeTensors.class.getName(),
                folder.toString())
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
    assertThat(said).contains("diff done", "bake and apply done", "export done", "import done: 2");
  }
}

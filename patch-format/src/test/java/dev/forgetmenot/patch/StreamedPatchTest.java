package dev.forgetmenot.patch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Patches need the memory of one tensor, written and read. */
@Tag("slow")
class StreamedPatchTest {
  @TempDir Path folder;

  /** A whole UNet at an eighth of its size: 215 MB, and the largest tensor has 14 MB as floats. */
  @Test
  void aSmallPartOfAPatchFitsTheHeap() throws IOException, InterruptedException {
    String printed =
        ForkedJvm.run(
            StreamedPatch.class,
            List.of("-Xmx64m"),
            folder.resolve("a.fmnpatch").toString(),
            "true",
            "1",
            "8");
    System.err.println("measured, with -Xmx64m:\n" + printed.indent(2));
    assertThat(printed)
        .containsPattern("version 1.2, 21\\d{7} bytes")
        .contains("largest heap: 64 MB");
  }
}

package dev.forgetmenot.testkit.realsize;

import dev.forgetmenot.files.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** docs/real-size.md: an introduction and tables of what was measured. */
final class RealSizePage {
  private static final String INTRODUCTION =
      """
      # Real sizes

      Every command on model folders of published sizes with random weights, measured from outside of its process. Written by
      `./fmn-real-size` (%s); each command can be pasted in the folder that the script names at its end.

      - seconds: the whole process, from start to exit.
      - resident: the largest resident memory of the process (VmHWM), in MiB; mapped files count.
      - heap: the largest used Java heap, garbage included, in MiB. What a command needs at least is shown by the limit (-Xmx)
        under which it ran.

      """;

  private final StringBuilder text = new StringBuilder();

  RealSizePage(String machine) {
    text.append(INTRODUCTION.formatted(machine));
  }

  void paragraph(String words) {
    text.append(words).append("\n\n");
  }

  /** A heading and a table; the first row is its head. */
  void table(String title, List<List<String>> rows) {
    text.append("## ").append(title).append("\n\n");
    row(rows.get(0));
    row(new ArrayList<>(java.util.Collections.nCopies(rows.get(0).size(), "---")));
    rows.subList(1, rows.size()).forEach(this::row);
    text.append('\n');
  }

  private void row(List<String> cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  void write(Path file) throws IOException {
    byte[] bytes = text.toString().strip().concat("\n").getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, channel -> channel.write(ByteBuffer.wrap(bytes)));
  }
}

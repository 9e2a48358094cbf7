package dev.forgetmenot.testkit.realsize;

import dev.forgetmenot.files.AtomicFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** docs/real-size.md: the template page.md beside this class, filled with what was measured. */
final class RealSizePage {
  private static final Pattern PLACE = Pattern.compile("\\$\\{([^}]+)\\}");

  private final Map<String, String> values = new HashMap<>();

  /** Says what stands for a name of the template. */
  void put(String name, String value) {
    values.put(name, value);
  }

  /** Says how a run ended: {@code NAME.seconds}, {@code NAME.resident} and {@code NAME.ended}. */
  void put(String name, MeasuredRun run) {
    put(name + ".seconds", seconds(run));
    put(name + ".resident", Long.toString(run.residentMiB()));
    put(name + ".ended", RealSize.ended(run));
  }

  static String seconds(MeasuredRun run) {
    return String.format(Locale.ROOT, "%.1f", run.wall().toMillis() / 1000.0);
  }

  /** A table; the first row is its head. */
  void table(String name, List<List<String>> rows) {
    StringBuilder text = new StringBuilder();
    row(text, rows.get(0));
    row(text, Collections.nCopies(rows.get(0).size(), "---"));
    rows.subList(1, rows.size()).forEach(cells -> row(text, cells));
    put("table:" + name, text.toString().strip());
  }

  private static void row(StringBuilder text, List<String> cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  /** Writes the page; what was not measured is called so. */
  void write(Path file) throws IOException {
    String template;
    try (InputStream bytes = RealSizePage.class.getResourceAsStream("page.md")) {
      template = new String(bytes.readAllBytes(), StandardCharsets.UTF_8);
    }
    String text =
        PLACE
            .matcher(template)
            .replaceAll(
                found ->
                    Matcher.quoteReplacement(
                        values.getOrDefault(found.group(1), "(not measured)")));
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, channel -> channel.write(ByteBuffer.wrap(bytes)));
  }
}

package dev.forgetmenot.host.run;

import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.chart.ComparisonSheet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Compares the sample images of before and after: a sheet for people, a table for programs.
 *
 * @param settings what was drawn
 * @param compared whether those of before were drawn too, from the same lines
 * @param before of each line
 * @param after of each line
 */
record SampleReport(SampleSettings settings, boolean compared, List<Row> before, List<Row> after) {
  private static final String TABLE = "samples.csv";
  private static final String SHEET = "comparison.png";

  /**
   * The images of one line.
   *
   * @param seen what each shows, where there is a classifier
   */
  record Row(List<RgbImage> images, List<Optional<String>> seen) {
    /** What they were recognised as, most frequent first: {@code a lighthouse 3, a tower 1}. */
    String summary() {
      Map<String, Long> counts =
          seen.stream()
              .flatMap(Optional::stream)
              .collect(
                  Collectors.groupingBy(
                      Function.identity(), LinkedHashMap::new, Collectors.counting()));
      return counts.entrySet().stream()
          .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
          .limit(2)
          .map(entry -> entry.getKey() + " " + entry.getValue())
          .collect(Collectors.joining(", "));
    }
  }

  /** One line for each prompt: what it was and is recognised as. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < after.size(); i++) {
      lines.add(settings.lines().get(i).prompt() + ": " + note(i));
    }
    return lines;
  }

  private String note(int i) {
    String was = before.get(i).summary();
    String is = after.get(i).summary();
    if (is.isEmpty()) {
      return "not judged: there is no CLIP with phrases to choose from";
    }
    return was.isEmpty() ? "seen as " + is : "seen as " + was + " → " + is;
  }

  /**
   * Writes table and sheet; nothing where nothing was drawn.
   *
   * @param left heading of before
   * @param right heading of after
   */
  void write(Path folder, String title, String left, String right) throws IOException {
    if (!after.isEmpty()) {
      writeCsv(folder.resolve(TABLE));
      PngFile.write(folder.resolve(SHEET), sheet(title, left, right).draw(), "");
    }
  }

  /** What such a report leaves in a folder. */
  static List<Path> files(Path folder) {
    return List.of(folder.resolve(TABLE), folder.resolve(SHEET));
  }

  private ComparisonSheet sheet(String title, String left, String right) {
    List<ComparisonSheet.Row> rows = new ArrayList<>();
    for (int i = 0; i < after.size(); i++) {
      rows.add(
          new ComparisonSheet.Row(
              settings.lines().get(i).prompt(),
              note(i),
              before.get(i).images,
              after.get(i).images));
    }
    String footer =
        Message.of(
            "%s a prompt, from seed %s, %s steps, guidance %s, where a prompt does not say"
                + " otherwise",
            settings.count(), settings.seed(), settings.steps(), settings.guidance());
    return new ComparisonSheet(title, left, right, footer, rows);
  }

  /** File, prompt, what it shows. */
  private void writeCsv(Path file) throws IOException {
    StringBuilder text = new StringBuilder("file,prompt,seen_as\n");
    if (compared) {
      add(text, "before", before);
    }
    add(text, "after", after);
    AtomicFile.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private void add(StringBuilder text, String when, List<Row> rows) {
    for (int i = 0; i < rows.size(); i++) {
      long seed = settings.lines().get(i).seed().orElse(settings.seed());
      for (int k = 0; k < rows.get(i).images.size(); k++) {
        text.append(SampleImages.name(i, when, seed + k))
            .append(',')
            .append(quoted(settings.lines().get(i).prompt()))
            .append(',')
            .append(quoted(rows.get(i).seen.get(k).orElse("")))
            .append('\n');
      }
    }
  }

  /** A cell; one that a spreadsheet would compute gets an apostrophe before it. */
  static String quoted(String text) {
    boolean formula = !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0;
    return '"' + (formula ? "'" : "") + text.replace("\"", "\"\"") + '"';
  }
}

package dev.forgetmenot.evaluation.report;

import dev.forgetmenot.files.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Writes the files of a report, each beside its place and moved there. The same report gives the
 * same bytes.
 */
public final class ReportWriter {
  /** What programs read. */
  public static final String JSON = "report.json";

  /** What people read. */
  public static final String PAGE = "report.html";

  /** One row for each image of each set. */
  public static final String RESULTS = "results.csv";

  /** One row for each measurement. */
  public static final String MEASURES = "measures.csv";

  /** Prompts by which attacks brought a target, for {@code fmn generate --prompts}. */
  public static final String ATTACK_PROMPTS = "attack-prompts.txt";

  private ReportWriter() {}

  /**
   * Writes all files, over those that are there.
   *
   * @param folder made if it does not exist
   * @param report what was found
   * @param images all images of its sets
   * @throws IOException if an image cannot be read or a file cannot be written
   */
  public static void write(Path folder, EvaluationReport report, ReportImages images)
      throws IOException {
    write(folder, report, images, List.of());
  }

  /**
   * The same with what others stated of the patch before. It stands on the page alone: it is no
   * part of what was found.
   *
   * @param stated a line for each statement
   */
  public static void write(
      Path folder, EvaluationReport report, ReportImages images, List<String> stated)
      throws IOException {
    Files.createDirectories(folder);
    AtomicFile.write(folder.resolve(RESULTS), ResultTables.results(report));
    AtomicFile.write(folder.resolve(MEASURES), ResultTables.measures(report));
    Optional<byte[]> prompts = AttackPrompts.of(report);
    if (prompts.isPresent()) {
      AtomicFile.write(folder.resolve(ATTACK_PROMPTS), prompts.get());
    }
    AtomicFile.write(folder.resolve(PAGE), HtmlReport.bytes(report, images, stated));
    AtomicFile.write(folder.resolve(JSON), ReportJson.bytes(report));
  }
}

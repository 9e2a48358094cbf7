package dev.forgetmenot.evaluation.report;

import dev.forgetmenot.api.evaluation.AttackFacts;
import dev.forgetmenot.api.evaluation.Measurement;
import dev.forgetmenot.files.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What attacks learned where something came back: token files and searched prompts, copied from the
 * store to a folder beside the report.
 */
public final class AttackFiles {
  /** The folder, as seen from that of the report. */
  public static final String FOLDER = "attack-files";

  private static final String TOKENS = ".safetensors";

  private AttackFiles() {}

  /**
   * Copies the files. One that the store does not have any more is left out.
   *
   * @param folder of the report
   * @param store that the report's files are seen from
   */
  public static void copy(Path folder, EvaluationReport report, Path store) throws IOException {
    Map<String, String> copies = new LinkedHashMap<>(); // by their names beside the report
    for (Measurement line : report.measurements()) {
      line.attack()
          .filter(facts -> facts.best() >= 0)
          .ifPresent(
              facts -> facts.files().forEach(file -> copies.put(name(line, facts, file), file)));
    }
    for (Map.Entry<String, String> copy : copies.entrySet()) {
      Path kept = store.resolve(copy.getValue());
      if (Files.exists(kept)) {
        Files.createDirectories(folder.resolve(FOLDER));
        AtomicFile.write(folder.resolve(copy.getKey()), Files.readAllBytes(kept));
      }
    }
  }

  /** Whether a file has tokens for {@code fmn generate --embedding}; others have prompts. */
  static boolean hasTokens(String file) {
    return file.endsWith(TOKENS);
  }

  /** What a file of the store is called beside the report. */
  static String name(Measurement line, AttackFacts facts, String file) {
    String of = String.join("-", facts.attack(), line.concept(), line.part());
    String plain = of.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("-$", "");
    return FOLDER + "/" + plain + "-" + file.substring(file.lastIndexOf('/') + 1);
  }
}

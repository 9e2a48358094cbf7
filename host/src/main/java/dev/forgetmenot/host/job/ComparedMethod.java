package dev.forgetmenot.host.job;

import dev.forgetmenot.api.edit.ConceptEditor;
import java.util.Locale;
import java.util.Map;

/**
 * A method with settings, one of several that are compared.
 *
 * @param editor who does it
 * @param settings what differs from its defaults
 */
public record ComparedMethod(ConceptEditor editor, Map<String, String> settings) {
  /** Copies the settings. */
  public ComparedMethod {
    settings = Map.copyOf(settings);
  }

  /** Its name in tables. */
  String label() {
    StringBuilder text = new StringBuilder(editor.name());
    settings.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(e -> text.append(' ').append(e.getKey()).append('=').append(e.getValue()));
    return text.toString();
  }

  /** The size of its patch in tables. */
  static String kibibytes(long bytes) {
    return bytes < 10 << 10
        ? String.format(Locale.ROOT, "%.1f KiB", bytes / 1024.0)
        : (bytes >> 10) + " KiB";
  }

  /** A file name made of words. */
  static String slug(String text) {
    return text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
  }
}

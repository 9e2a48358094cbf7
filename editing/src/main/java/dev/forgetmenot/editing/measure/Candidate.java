package dev.forgetmenot.editing.measure;

import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.ParameterValues;
import java.util.Map;

/**
 * An editor with settings that may be the right ones.
 *
 * @param editor who would do it
 * @param settings what differs from its defaults, by parameter
 */
public record Candidate(ConceptEditor editor, Map<String, String> settings) {
  /** Copies the settings. */
  public Candidate {
    settings = Map.copyOf(settings);
  }

  /**
   * The settings with the editor's defaults.
   *
   * @throws IllegalArgumentException if the editor does not declare or allow one of them
   */
  public ParameterValues values() {
    return ParameterValues.of(editor.parameters(), settings);
  }

  /** The editor's name and the settings, sorted: {@code oblique neighbours=6 rank=3}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(editor.name());
    settings.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            setting ->
                text.append(' ')
                    .append(setting.getKey())
                    .append('=')
                    .append(setting.getValue().isEmpty() ? "nothing" : setting.getValue()));
    return text.toString();
  }
}

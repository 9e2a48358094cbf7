package dev.forgetmenot.forget.choice;

import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.ParameterValues;
import java.util.Map;

/**
 * An editor with settings that may be the right ones.
 *
 * @param editor who would do it
 * @param settings what differs from its defaults
 */
record Candidate(ConceptEditor editor, Map<String, String> settings) {
  Candidate {
    settings = Map.copyOf(settings);
  }

  ParameterValues values() {
    return ParameterValues.of(editor.parameters(), settings);
  }

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

package dev.forgetmenot.kit.evaluate;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.patch.PatchDraft;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
  public Settings values() {
    return Settings.of(editor.parameters(), settings);
  }

  /**
   * What the editor makes of concepts with these settings; nothing where its conditions contradict
   * each other, which is said. For the engine thread.
   *
   * @param context of the whole choice, which hears that it does not work
   * @param own what the editor speaks with
   */
  public Optional<PatchDraft> draft(
      List<Concept> concepts, DiffusionModel model, JobContext context, JobContext own)
      throws IOException {
    try {
      return Optional.of(editor.edit(concepts, values(), model, own));
    } catch (IllegalArgumentException e) {
      context.say(this + " does not work here: " + e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * The draft of a chosen candidate, whose recipe also says how it was chosen.
   *
   * @param measured what was seen of all that were tried
   */
  public static PatchDraft chosen(PatchDraft draft, String measured) {
    return draft.recipe(draft.recipe().with(Map.of("chosen-by", "auto", "chosen-among", measured)));
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

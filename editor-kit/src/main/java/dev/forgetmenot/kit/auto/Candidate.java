package dev.forgetmenot.kit.auto;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.EditGoal;
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
 * @param goals what it corrects, by which the host judges it if it is chosen; empty for editors
 *     that forget
 * @param margin by how much images of what the concept becomes are nearer to known things than to
 *     the concept on the untouched model, in [0, 2]; 0 where it is not known. See {@link Clarity}
 */
public record Candidate(
    ConceptEditor editor, Map<String, String> settings, List<EditGoal> goals, double margin) {
  /** Copies the collections. */
  public Candidate {
    settings = Map.copyOf(settings);
    goals = List.copyOf(goals);
  }

  /** A candidate that corrects. */
  public Candidate(ConceptEditor editor, Map<String, String> settings, List<EditGoal> goals) {
    this(editor, settings, goals, 0);
  }

  /** A candidate that corrects nothing. */
  public Candidate(ConceptEditor editor, Map<String, String> settings) {
    this(editor, settings, List.of());
  }

  /** The same for a concept that becomes what has such a margin. */
  public Candidate becoming(double itsMargin) {
    return new Candidate(editor, settings, goals, itsMargin);
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
   * @param context of the whole choice, which gets a note when it does not work
   * @param own the context of the editor itself
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
                    .append(
                        setting.getValue().isEmpty()
                            ? "nothing"
                            : Settings.inWords(setting.getValue())));
    return text.toString();
  }
}

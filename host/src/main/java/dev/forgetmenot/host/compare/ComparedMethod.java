package dev.forgetmenot.host.compare;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.host.edit.EditJob;
import dev.forgetmenot.host.edit.EditRequest;
import dev.forgetmenot.host.edit.ReportSize;
import dev.forgetmenot.host.evaluate.EvaluationSetup;
import dev.forgetmenot.host.model.NamedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

  /**
   * A patch that was made.
   *
   * @param seconds that it took, with the writing
   */
  record Made(ComparedMethod method, EditJob.Result result, double seconds) {}

  /** Makes a patch of a concept, without a report of its own. */
  Made make(
      NamedModel hosted,
      Concept concept,
      Path patch,
      EvaluationSetup judging,
      ImageClassifier judge,
      JobContext context)
      throws IOException {
    Settings values = Settings.of(editor.parameters(), settings);
    EditRequest order =
        new EditRequest(editor, List.of(concept), values, patch, judging, ReportSize.NONE, false);
    long begin = System.nanoTime();
    EditJob.Result result =
        new EditJob(JobContext.silent(context)).run(hosted, order, Optional.of(judge));
    return new Made(this, result, (System.nanoTime() - begin) / 1e9);
  }

  /** Its name in tables. */
  String label() {
    StringBuilder text = new StringBuilder(editor.name());
    settings.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            e ->
                text.append(' ')
                    .append(e.getKey())
                    .append('=')
                    .append(Settings.inWords(e.getValue())));
    return text.toString();
  }
}

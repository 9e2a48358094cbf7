package dev.forgetmenot.host.run;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.host.edit.ReportSize;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a run file says, read and checked.
 *
 * @param file where it stands
 * @param method who does it
 * @param model the model
 * @param concepts what is changed or inverted
 * @param anyName whether names that the model's vocabulary does not list were taken as they are
 * @param values of the method's parameters, with defaults
 * @param output the folder of everything that the run leaves
 * @param patch the patch's file name in it; an inversion may do without
 * @param samples the sample images
 * @param report whether images of the concepts and of others are judged before and after, and how
 *     many
 * @param resume whether the file itself asks to go on from a checkpoint
 * @param notes what a user should know before
 */
public record RunPlan(
    Path file,
    RunMethod method,
    ModelChoice.Chosen model,
    List<Concept> concepts,
    boolean anyName,
    Settings values,
    Path output,
    Optional<String> patch,
    SampleSettings samples,
    ReportSize report,
    boolean resume,
    List<String> notes) {
  private static final int NAMED = 3;

  /** Copies the lists. */
  public RunPlan {
    concepts = List.copyOf(concepts);
    notes = List.copyOf(notes);
  }

  /** The model's folder. */
  public Path modelFolder() {
    return model.folder();
  }

  /** The same with another output folder. */
  public RunPlan into(Path folder) {
    return new RunPlan(
        file, method, model, concepts, anyName, values, folder, patch, samples, report, resume,
        notes);
  }

  /** One line for people. */
  String title() {
    String names =
        concepts.stream().map(Concept::name).limit(NAMED).collect(Collectors.joining(", "));
    return method.operation() + " " + names + ", " + method.name();
  }
}

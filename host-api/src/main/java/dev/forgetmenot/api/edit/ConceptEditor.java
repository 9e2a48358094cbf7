package dev.forgetmenot.api.edit;

import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.patch.PatchDraft;
import java.io.IOException;
import java.util.List;
import org.pf4j.ExtensionPoint;

/** A job that makes a patch. Extension point. */
public interface ConceptEditor extends ExtensionPoint {
  /** What an editor is for: the command that offers it. */
  enum Operation {
    FORGET,
    CORRECT
  }

  /** The method's name: lower case with hyphens, such as {@code resteer}. */
  String name();

  /** The command that offers it. */
  Operation operation();

  /** One sentence for help pages. */
  String summary();

  /** The declared parameters beside the concept. */
  List<Parameter> parameters();

  /**
   * Does the job on the engine thread. The host puts the model's weights back to the base's when
   * the call ends, however it ends.
   *
   * @param concept what to forget or correct, in words of a prompt
   * @param values checked values of the declared parameters
   * @param model the loaded model
   * @param context progress and cancellation
   * @return what the patch holds; the host adds the base and writes it
   * @throws IllegalArgumentException if the concept or a value does not fit the model
   * @throws IOException if pictures cannot be read
   */
  PatchDraft edit(String concept, ParameterValues values, DiffusionModel model, JobContext context)
      throws IOException;
}

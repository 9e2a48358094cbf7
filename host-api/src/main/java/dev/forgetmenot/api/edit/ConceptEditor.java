package dev.forgetmenot.api.edit;

import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.patch.PatchDraft;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
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

  /** Names that the method had in earlier releases; they still choose it, unlisted in help. */
  default List<String> formerNames() {
    return List.of();
  }

  /** Whether a user who gives this name means this method: its name or a former one. */
  default boolean isNamed(String given) {
    return name().equals(given) || formerNames().contains(given);
  }

  /** The command that offers it. */
  Operation operation();

  /** One sentence for help pages. */
  String summary();

  /** The declared parameters beside the concepts. */
  List<SettingSpec> parameters();

  /**
   * Does the job on the engine thread. The host puts the model's weights back to the base's when
   * the call ends, however it ends.
   *
   * @param concepts what to forget or correct, at least one
   * @param values checked values of the declared parameters
   * @param model the loaded model
   * @param context progress and cancellation
   * @return what the patch holds; the host adds the base and writes it
   * @throws IllegalArgumentException if a concept or a value does not fit the model
   * @throws IOException if images cannot be read
   */
  PatchDraft edit(List<Concept> concepts, Settings values, DiffusionModel model, JobContext context)
      throws IOException;

  /**
   * What {@link #edit} with the same arguments would write; on the engine thread. Takes
   * milliseconds and changes nothing: the host tries with it, before any long work, whether the
   * patch could be written and the memory suffices.
   *
   * @return empty where it is known only when it is done
   * @throws IllegalArgumentException if a value does not fit the model
   */
  default Optional<EditOutline> outline(
      List<Concept> concepts, Settings values, DiffusionModel model) {
    return Optional.empty();
  }

  /**
   * What {@link #edit} with the same arguments would cost; on the engine thread. Takes seconds, and
   * may change weights, which the host puts back.
   *
   * @return empty where the editor cannot say
   */
  default Optional<EditEstimate> estimate(
      List<Concept> concepts, Settings values, DiffusionModel model, JobContext context)
      throws IOException {
    return Optional.empty();
  }
}

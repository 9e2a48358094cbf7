package dev.forgetmenot.forget;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.EditEstimate;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.ParameterValues;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.patch.PatchDraft;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What all methods that train do alike: they forget, and two steps say what all of them cost. */
abstract class TrainedEditor implements ConceptEditor {
  /** The parameter that says how many drawings the model makes of each concept. */
  abstract String drawings();

  @Override
  public final Operation operation() {
    return Operation.FORGET;
  }

  /** Trains, as {@link #edit} says. */
  abstract PatchDraft train(
      List<Concept> concepts, ParameterValues values, DiffusionModel model, JobContext context)
      throws IOException;

  @Override
  public final PatchDraft edit(
      List<Concept> concepts, ParameterValues values, DiffusionModel model, JobContext context)
      throws IOException {
    new TrainableSettings(values).checkSize(model);
    return train(concepts, values, model, context);
  }

  @Override
  public final Optional<EditEstimate> estimate(
      List<Concept> concepts, ParameterValues values, DiffusionModel model, JobContext context)
      throws IOException {
    return Optional.of(new TrainingEstimate(this, drawings()).of(concepts, values, model, context));
  }
}

package dev.forgetmenot.kit.train;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.EditEstimate;
import dev.forgetmenot.api.edit.EditOutline;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.kit.NamedEditor;
import dev.forgetmenot.patch.PatchDraft;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What all editors that train do alike: what would not fit into a patch is refused at once, and two
 * steps say what all of them cost. Its parameters are those of {@link TrainableSettings} and {@link
 * OptimizerSettings}, and more. For the engine thread.
 */
public abstract class TrainedEditor extends NamedEditor {
  /** An editor that forgets or corrects; see {@link NamedEditor}. */
  protected TrainedEditor(Operation operation, String name, String summary) {
    super(operation, name, summary);
  }

  /** Trains, as {@link #edit} says. */
  protected abstract PatchDraft train(
      List<Concept> concepts, Settings values, DiffusionModel model, JobContext context)
      throws IOException;

  /**
   * Refuses, before long work, what would not fit into a patch.
   *
   * @throws IOException if it would not
   */
  protected void checkSize(Settings values, DiffusionModel model) throws IOException {
    new TrainableSettings(values).checkSize(model);
  }

  /** The parameter that says how many drawings the model makes of each concept. */
  protected String drawings() {
    return "num-images";
  }

  @Override
  public final PatchDraft edit(
      List<Concept> concepts, Settings values, DiffusionModel model, JobContext context)
      throws IOException {
    checkSize(values, model);
    return train(concepts, values, model, context);
  }

  /**
   * Settings that states of earlier releases do not have, with what was done without them; only
   * those that an editor declares count.
   */
  protected Map<String, String> added() {
    return Map.of(
        ResteeringSettings.GENERAL_WEIGHT, "0.0", OptimizerSettings.MIXED_PRECISION, "no");
  }

  /** Whether the weights are kept as they were while they are trained. */
  protected boolean keepsBase(Settings values) {
    return true;
  }

  /** Runs of the UNet with an image of the batch whose graphs a step holds at once. */
  protected int graphs(Settings values) {
    return 1;
  }

  @Override
  public Optional<EditOutline> outline(
      List<Concept> concepts, Settings values, DiffusionModel model) {
    TrainableSettings trainable = new TrainableSettings(values);
    double side = (double) new ImageSettings(values).side(model) / model.imageSize();
    return Optional.of(
        new EditOutline(
            trainable.outline(model),
            trainable.numbers(model),
            keepsBase(values),
            graphs(values) * Math.toIntExact(values.integer("train-batch-size")),
            OptimizerSettings.checkpointed(values),
            side * side));
  }

  @Override
  public final Optional<EditEstimate> estimate(
      List<Concept> concepts, Settings values, DiffusionModel model, JobContext context)
      throws IOException {
    return Optional.of(new TrainingEstimate(this, drawings()).of(concepts, values, model, context));
  }
}

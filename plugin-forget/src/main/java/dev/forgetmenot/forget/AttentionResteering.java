package dev.forgetmenot.forget;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.Parameter;
import dev.forgetmenot.api.edit.ParameterValues;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.training.TrainingScope;
import dev.forgetmenot.editing.ChangedWeights;
import dev.forgetmenot.editing.ConceptColumns;
import dev.forgetmenot.editing.PicturePosteriors;
import dev.forgetmenot.editing.StepRandomness;
import dev.forgetmenot.editing.TrainingPictures;
import dev.forgetmenot.patch.Delta;
import dev.forgetmenot.patch.PatchDraft;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.pf4j.Extension;

/**
 * Forgets a concept by teaching the UNet not to look at its words (Zhang, Wang, Xu, Wang and Shi,
 * "Forget-Me-Not", arXiv 2303.17591): pictures → latents; prompt → text embedding and the concept's
 * columns; each step lowers the attention to those columns; the difference to the base is the
 * patch.
 */
@Extension
public final class AttentionResteering implements ConceptEditor {
  /** For the plugin manager. */
  public AttentionResteering() {}

  @Override
  public String name() {
    return "resteer";
  }

  @Override
  public Operation operation() {
    return Operation.FORGET;
  }

  @Override
  public String summary() {
    return "Attention re-steering: teaches the model not to look at the concept's words.";
  }

  @Override
  public List<Parameter> parameters() {
    return ResteeringSettings.parameters();
  }

  @Override
  public PatchDraft edit(
      List<Concept> concepts, ParameterValues values, DiffusionModel model, JobContext context)
      throws IOException {
    ResteeringSettings settings = new ResteeringSettings(values);
    if (concepts.size() != 1) {
      throw new IllegalArgumentException("re-steering takes one concept, not " + concepts.size());
    }
    Concept known = concepts.get(0);
    String concept = known.name();
    TokenizedPrompt prompt = model.tokenize(settings.template(known.kind()).with(concept));
    ConceptColumns columns = ConceptColumns.find(model, prompt, concept, settings.endOfText());
    context.say(
        String.format(
            Locale.ROOT,
            "forgetting '%s' in '%s': columns %s of %d, learning rate %s for %s",
            concept,
            prompt.text(),
            columns.columns(),
            prompt.ids().size(),
            settings.learningRate(),
            settings.wholeUNet() ? "the whole UNet" : "the cross attention"));
    TrainingPictures pictures = pictures(settings, prompt, model, context);
    try (NDArray embedding = model.encodePrompts(List.of(prompt));
        PicturePosteriors posteriors = new PicturePosteriors(model, pictures.pictures());
        TrainingScope training = model.train(settings.training(model))) {
      Trainer trainer =
          new Trainer(
              settings, new ResteeringLoss(model, columns), embedding, posteriors, training);
      trainer.run(context);
      Map<String, Delta> deltas = ChangedWeights.of(model.weights(), training.trainable());
      context.say(
          deltas.size() + " of " + training.trainable().size() + " trained tensors changed");
      return new ResteeringDraft(settings, known, prompt.text(), pictures.digests())
          .of(name(), deltas);
    }
  }

  private static TrainingPictures pictures(
      ResteeringSettings settings, TokenizedPrompt prompt, DiffusionModel model, JobContext context)
      throws IOException {
    if (settings.noRealImage()) {
      return TrainingPictures.none();
    }
    if (settings.images().isPresent()) {
      return TrainingPictures.read(
          settings.images().get(), model.pictureSize(), settings.crop(), settings.seed());
    }
    context.say("the model draws " + settings.pictures() + " pictures of '" + prompt.text() + "'");
    return TrainingPictures.draw(model, prompt.text(), settings.pictures(), settings.seed());
  }

  /**
   * The steps of one job.
   *
   * @param embedding of the prompt (1, n, d)
   */
  private record Trainer(
      ResteeringSettings settings,
      ResteeringLoss loss,
      NDArray embedding,
      PicturePosteriors posteriors,
      TrainingScope training) {

    void run(JobContext context) {
      for (int step = 1; step <= settings.steps(); step++) {
        context.checkCancelled();
        StepRandomness random = new StepRandomness(settings.seed(), step);
        TrainingScope.StepReport report = training.step(manager -> loss(manager, random));
        context.progress("re-steering", step, settings.steps());
        context.trained(step, settings.steps(), report.loss(), report.gradientNorm());
        if (step == 1 || step == settings.steps()) {
          context.say(
              String.format(
                  Locale.ROOT,
                  "step %d: loss %.4f, gradient norm %.4f",
                  step,
                  report.loss(),
                  report.gradientNorm()));
        }
      }
    }

    private NDArray loss(NDManager manager, StepRandomness random) {
      NoiseSource source = loss.model().noise(random.noiseSeed());
      int[] chw = loss.model().latentShape();
      Shape shape = new Shape(1, chw[0], chw[1], chw[2]);
      NDArray latents =
          posteriors.size() == 0
              ? manager.zeros(shape)
              : posteriors.sample(manager, random.picture(posteriors.size()), source);
      NDArray noise = manager.create(source.normal(Math.toIntExact(shape.size())), shape);
      NDArray context = embedding.reshape(embedding.getShape());
      context.attach(manager);
      int timestep = random.timestep(loss.model().noiseSchedule().trainSteps());
      return loss.of(latents, noise, timestep, context);
    }
  }
}

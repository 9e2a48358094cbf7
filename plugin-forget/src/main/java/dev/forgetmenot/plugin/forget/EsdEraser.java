package dev.forgetmenot.plugin.forget;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.concept.EosSelection;
import dev.forgetmenot.kit.train.ConceptDirections;
import dev.forgetmenot.kit.train.ConceptPrompt;
import dev.forgetmenot.kit.train.PromptEmbeddings;
import dev.forgetmenot.kit.train.TrainedDraft;
import dev.forgetmenot.kit.train.TrainedEditor;
import dev.forgetmenot.patch.PatchDraft;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pf4j.Extension;

/**
 * Forgets concepts by teaching the UNet to steer away from them, as negative guidance would: ESD-x
 * (arXiv 2303.07345). No image is needed: what is looked at are the base's own drawings on the way.
 */
@Extension
public final class EsdEraser extends TrainedEditor {
  /** For the plugin manager. */
  public EsdEraser() {
    super(
        Operation.FORGET,
        "esd",
        "ESD: teaches the model to draw away from the concept, as negative guidance would.");
  }

  @Override
  public List<SettingSpec> parameters() {
    return EsdSettings.parameters();
  }

  @Override
  protected String drawings() {
    return "starts";
  }

  @Override
  protected PatchDraft train(
      List<Concept> concepts, Settings values, DiffusionModel model, JobContext context)
      throws IOException {
    EsdSettings settings = new EsdSettings(values);
    List<ConceptPrompt> prompts =
        settings.prompts(model, concepts, context.knownConcepts(), EosSelection.NONE);
    Optional<ConceptDirections> directions =
        settings.trainable().directions(model, concepts, context);
    double rate = settings.learningRate(directions);
    TrainedDraft draft =
        new TrainedDraft(
            this,
            prompts,
            values,
            Map.of(
                "learning-rate",
                Double.toString(rate),
                "trainable",
                settings.trainable().choice(),
                "images-from",
                "the model"),
            List.of());
    context.say(
        Message.of(
            "ESD with %s, learning rate %s; the model draws the concept first",
            settings.trainable().words(), rate));
    List<TokenizedPrompt> texts = new ArrayList<>();
    prompts.forEach(prompt -> texts.add(prompt.prompt()));
    texts.add(model.tokenize(""));
    try (PromptEmbeddings embeddings = new PromptEmbeddings(model, texts);
        TrajectoryExamples examples =
            new TrajectoryExamples(
                model,
                prompts.stream()
                    .map(prompt -> settings.starts(model, prompt.prompt().text()))
                    .toList(),
                settings.optimizer().seed())) {
      int batchSize = settings.optimizer().batch();
      return draft.train(
          model,
          settings,
          directions,
          context,
          "erasing",
          scope -> {
            EsdLoss loss = new EsdLoss(model, scope, settings.negativeGuidance());
            return (manager, draw) ->
                loss(loss, examples.batch(manager, draw, batchSize), embeddings);
          });
    }
  }

  private static NDArray loss(
      EsdLoss loss, TrajectoryExamples.Batch batch, PromptEmbeddings embeddings) {
    NDManager manager = batch.noisy().getManager();
    List<Integer> empty = Collections.nCopies(batch.concepts().size(), embeddings.size() - 1);
    return loss.of(
        batch.noisy(),
        batch.timesteps(),
        embeddings.batch(manager, batch.concepts()),
        embeddings.batch(manager, empty));
  }
}

package dev.forgetmenot.plugin.forget;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.concept.EosSelection;
import dev.forgetmenot.kit.train.AblationLoss;
import dev.forgetmenot.kit.train.ConceptDirections;
import dev.forgetmenot.kit.train.ConceptPrompt;
import dev.forgetmenot.kit.train.PromptEmbeddings;
import dev.forgetmenot.kit.train.TrainedDraft;
import dev.forgetmenot.kit.train.TrainedEditor;
import dev.forgetmenot.kit.train.TrainingExamples;
import dev.forgetmenot.kit.train.TrainingImages;
import dev.forgetmenot.patch.PatchDraft;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pf4j.Extension;

/**
 * Forgets concepts by teaching the UNet to draw something more general in their place, the anchor
 * (arXiv 2303.13516).
 */
@Extension
public final class ConceptAblation extends TrainedEditor {
  /** For the plugin manager. */
  public ConceptAblation() {
    super(
        Operation.FORGET,
        "ablate",
        "Concept ablation: teaches the model to draw something more general instead.");
  }

  @Override
  public List<SettingSpec> parameters() {
    return AblationSettings.parameters();
  }

  @Override
  protected PatchDraft train(
      List<Concept> concepts, Settings values, DiffusionModel model, JobContext context)
      throws IOException {
    AblationSettings settings = new AblationSettings(values);
    List<ConceptPrompt> prompts =
        settings.promptsWithThings(model, concepts, context.knownConcepts(), EosSelection.NONE);
    List<String> anchors =
        concepts.stream()
            .flatMap(concept -> settings.anchors(concept.kind(), context.knownConcepts()).stream())
            .toList();
    Optional<ConceptDirections> directions =
        settings.trainable().directions(model, concepts, context);
    double rate = settings.learningRate(directions);
    for (int i = 0; i < prompts.size(); i++) {
      context.say(
          Message.of(
              "'%s' becomes '%s', learning rate %s for %s",
              prompts.get(i).prompt().text(), anchors.get(i), rate, settings.trainable().words()));
    }
    List<TrainingImages> images =
        settings
            .images()
            .of(
                model,
                prompts.stream().map(prompt -> prompt.concept().name()).toList(),
                anchors,
                settings.optimizer().seed(),
                context);
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
                settings.images().source(),
                "anchor-prompts",
                String.join(" | ", anchors)),
            images.stream().flatMap(own -> own.digests().stream()).toList());
    try (PromptEmbeddings from =
            new PromptEmbeddings(model, prompts.stream().map(ConceptPrompt::prompt).toList());
        PromptEmbeddings to =
            new PromptEmbeddings(model, anchors.stream().map(model::tokenize).toList());
        TrainingExamples examples =
            new TrainingExamples(model, images, settings.optimizer().seed())) {
      int batchSize = settings.optimizer().batch();
      return draft.train(
          model,
          settings,
          directions,
          context,
          "ablating",
          scope -> {
            AblationLoss loss = new AblationLoss(model, scope);
            return (manager, draw) ->
                loss(loss, examples.batch(manager, draw, batchSize), from, to);
          });
    }
  }

  private static NDArray loss(
      AblationLoss loss, TrainingExamples.Batch batch, PromptEmbeddings from, PromptEmbeddings to) {
    NDManager manager = batch.noisy().getManager();
    return loss.of(
        batch.noisy(),
        batch.timesteps(),
        from.batch(manager, batch.concepts()),
        to.batch(manager, batch.concepts()));
  }
}

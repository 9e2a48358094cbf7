package dev.forgetmenot.plugin.forget;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.train.ConceptDirections;
import dev.forgetmenot.kit.train.ConceptPrompt;
import dev.forgetmenot.kit.train.ConceptTokens;
import dev.forgetmenot.kit.train.Resteering;
import dev.forgetmenot.kit.train.ResteeringSettings;
import dev.forgetmenot.kit.train.TrainedEditor;
import dev.forgetmenot.kit.train.TrainingImages;
import dev.forgetmenot.patch.PatchDraft;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pf4j.Extension;

/**
 * Forgets concepts by teaching the UNet not to look at their words, {@link Resteering}, with images
 * of the concepts themselves.
 */
@Extension
public final class AttentionResteering extends TrainedEditor {
  /** For the plugin manager. */
  public AttentionResteering() {
    super(
        Operation.FORGET,
        "resteer",
        "Attention re-steering: teaches the model not to look at the concept's words.");
  }

  @Override
  public List<SettingSpec> parameters() {
    return ResteeringSettings.withDirections(
        List.of(
            SettingSpec.flag(
                "use-pooler",
                "The same as token-selection padding, under the original's name for it."),
            SettingSpec.text(
                "template",
                SettingSpec.Type.TEXT,
                null,
                "Prompt with {} where the concept goes, instead of the one for its kind."),
            SettingSpec.list(
                    "embedding",
                    "File of tokens learned of the concept, which prompts use in place of its name;"
                        + " for several concepts one each, in their order.")
                .formerlySplitAt(";"),
            SettingSpec.flag(
                "no-real-image",
                "Train on pure noise instead of images; none are read or drawn.")));
  }

  @Override
  protected boolean keepsBase(Settings values) {
    return preserves(new ResteeringSettings(values));
  }

  @Override
  protected int graphs(Settings values) {
    return preserves(new ResteeringSettings(values)) ? 2 : 1;
  }

  private static boolean preserves(ResteeringSettings settings) {
    return !settings.preserved().isEmpty() || settings.keepsGeneral();
  }

  @Override
  protected PatchDraft train(
      List<Concept> concepts, Settings values, DiffusionModel model, JobContext context)
      throws IOException {
    ResteeringSettings settings = new ResteeringSettings(values);
    try (ConceptTokens words = ConceptTokens.of(model, concepts, settings.embeddings())) {
      List<ConceptPrompt> prompts = prompts(concepts, words.words(), settings, model, context);
      Optional<ConceptDirections> directions =
          settings.trainable().directions(model, named(concepts, words.words()), context);
      for (ConceptPrompt prompt : prompts) {
        context.say(
            Message.of(
                "forgetting '%s' %s",
                prompt.concept().name(), settings.inWords(prompt, directions)));
      }
      List<TrainingImages> images =
          settings.noRealImage() ? List.of() : images(prompts, settings, model, context);
      return new Resteering(this, settings, prompts, images, directions, Map.of())
          .train(model, context);
    }
  }

  /** The concepts by what prompts call them. */
  private static List<Concept> named(List<Concept> concepts, List<String> words) {
    List<Concept> named = new ArrayList<>();
    for (int i = 0; i < concepts.size(); i++) {
      named.add(new Concept(words.get(i), concepts.get(i).kind()));
    }
    return named;
  }

  /** In words, or by the tokens learned of each concept. */
  private static List<ConceptPrompt> prompts(
      List<Concept> concepts,
      List<String> words,
      ResteeringSettings settings,
      DiffusionModel model,
      JobContext context) {
    if (settings.embeddings().isEmpty()) {
      return settings.prompts(model, concepts, context.knownConcepts(), settings.endOfText());
    }
    List<ConceptPrompt> prompts = new ArrayList<>();
    for (int i = 0; i < concepts.size(); i++) {
      Concept concept = concepts.get(i);
      prompts.add(
          ConceptPrompt.of(
              model,
              concept,
              words.get(i),
              settings.template(concept.kind()),
              settings.endOfText()));
    }
    return prompts;
  }

  private static List<TrainingImages> images(
      List<ConceptPrompt> prompts,
      ResteeringSettings settings,
      DiffusionModel model,
      JobContext context)
      throws IOException {
    return settings
        .images()
        .of(
            model,
            prompts.stream().map(prompt -> prompt.concept().name()).toList(),
            prompts.stream().map(prompt -> prompt.prompt().text()).toList(),
            settings.optimizer().seed(),
            context);
  }
}

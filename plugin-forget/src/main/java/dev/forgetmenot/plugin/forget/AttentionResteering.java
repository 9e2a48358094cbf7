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
import java.util.HashMap;
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
  /** The setting that says how often what brings a concept back is searched. */
  public static final String ROUNDS = "adversarial-rounds";

  private static final String ATTACK_STEPS = "adversarial-steps";

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
                "The same as train-on noise, under the original's name for it: no image is read or"
                    + " drawn."),
            SettingSpec.integer(
                ROUNDS,
                0,
                0,
                10,
                "How often tokens are searched that bring the concept back after a training; the"
                    + " next one is against these as well."),
            SettingSpec.integer(
                ATTACK_STEPS, 150, 1, 100_000, "Steps of each of these concept inversions.")));
  }

  @Override
  protected Map<String, String> added() {
    Map<String, String> added = new HashMap<>(super.added());
    added.put("train-on", "auto");
    added.put(ROUNDS, "0");
    added.put(ATTACK_STEPS, "150");
    return added;
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
    int rounds = Math.toIntExact(values.integer(ROUNDS));
    if (rounds > 0 && settings.asksForNoise()) {
      throw new IllegalArgumentException(
          "adversarial-rounds searches tokens by images of the concept, and no-real-image or"
              + " train-on noise says that there are none; leave one of the two out");
    }
    ShortInversion attack = new ShortInversion(Math.toIntExact(values.integer(ATTACK_STEPS)));
    try (ConceptTokens words = ConceptTokens.of(model, concepts, settings.embeddings());
        AdversarialTokens found = new AdversarialTokens(model, attack)) {
      List<ConceptPrompt> prompts = prompts(concepts, words.words(), settings, model, context);
      List<TrainingImages> images =
          settings.noRealImage() ? List.of() : images(prompts, settings, model, context);
      for (int round = 1; round <= rounds; round++) {
        context.say(
            Message.of(
                "round %s of %s: training, then searching what brings it back", round, rounds));
        JobContext silent = JobContext.silent(context);
        PatchDraft draft =
            trained(
                named(concepts, words.words()), prompts, found, images, settings, model, silent);
        found.search(draft, concepts, images, context);
      }
      return trained(
          named(concepts, words.words()), prompts, found, images, settings, model, context);
    }
  }

  /**
   * Trains from the base.
   *
   * @param named the concepts by what prompts call them
   * @param prompts in which they are named so
   * @param found other words for them, for which there are prompts too
   * @param images of the concepts, or none
   */
  private PatchDraft trained(
      List<Concept> named,
      List<ConceptPrompt> prompts,
      AdversarialTokens found,
      List<TrainingImages> images,
      ResteeringSettings settings,
      DiffusionModel model,
      JobContext context)
      throws IOException {
    List<Concept> concepts = new ArrayList<>(named);
    List<ConceptPrompt> all = new ArrayList<>(prompts);
    List<TrainingImages> seen = new ArrayList<>(images);
    List<String> words = found.words();
    for (int i = 0; i < words.size(); i++) {
      int own = i % prompts.size();
      Concept concept = prompts.get(own).concept();
      concepts.add(new Concept(words.get(i), concept.kind()));
      all.add(prompt(model, concept, words.get(i), settings));
      seen.add(images.get(own));
    }
    Optional<ConceptDirections> directions =
        settings.trainable().directions(model, concepts, context);
    for (ConceptPrompt prompt : all) {
      context.say(
          Message.of(
              "forgetting '%s' %s", prompt.concept().name(), settings.inWords(prompt, directions)));
    }
    return new Resteering(this, settings, all, seen, directions, Map.of()).train(model, context);
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
      prompts.add(prompt(model, concepts.get(i), words.get(i), settings));
    }
    return prompts;
  }

  private static ConceptPrompt prompt(
      DiffusionModel model, Concept concept, String words, ResteeringSettings settings) {
    return ConceptPrompt.of(
        model, concept, words, settings.template(concept.kind()), settings.endOfText());
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

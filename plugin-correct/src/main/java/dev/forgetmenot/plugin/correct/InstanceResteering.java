package dev.forgetmenot.plugin.correct;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.EditGoal;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.auto.ShareMeasurement;
import dev.forgetmenot.kit.concept.NearestConcepts;
import dev.forgetmenot.kit.concept.PromptPhrase;
import dev.forgetmenot.kit.concept.PromptTemplate;
import dev.forgetmenot.kit.train.ConceptPrompt;
import dev.forgetmenot.kit.train.ConceptTokens;
import dev.forgetmenot.kit.train.Resteering;
import dev.forgetmenot.kit.train.ResteeringSettings;
import dev.forgetmenot.kit.train.TrainingImages;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patching.gate.PromptEncoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.pf4j.Extension;

/**
 * The way of the paper (Zhang et al., "Forget-Me-Not", arXiv 2303.17591, concept correction): on
 * images of the dominant instance the model learns not to look at the general word, so that what
 * was overshadowed appears. The images are given, or drawn for the word and sorted by the judge.
 */
@Extension(ordinal = 24)
public final class InstanceResteering extends TrainedCorrection {
  private static final int NEAREST = 6;
  private static final int BATCHES = 8;

  /** For the plugin manager. */
  public InstanceResteering() {
    super(
        "resteer-instance",
        "Attention re-steering: on images of the dominant instance, the model learns not to"
            + " look at the word.");
  }

  @Override
  public List<SettingSpec> parameters() {
    return Stream.of(
            InstanceOptions.instances(),
            ResteeringSettings.parameters(
                List.of(
                    SettingSpec.choice(
                        "words",
                        List.of("general", "instance"),
                        "Whose name loses the attention: the general word's, or the instance's own,"
                            + " which is then forgotten too."),
                    SettingSpec.text(
                        "template",
                        SettingSpec.Type.TEXT,
                        null,
                        "Prompt with {} where the word goes, instead of the one for its kind."),
                    SettingSpec.list(
                            "embedding",
                            "File of tokens learned of the instance's images, which the prompt uses"
                                + " in place of the word.")
                        .formerlySplitAt(";"))),
            InstanceOptions.drawings())
        .flatMap(List::stream)
        .toList();
  }

  @Override
  protected boolean keepsBase(Settings values) {
    return !new ResteeringSettings(values).preserved().isEmpty();
  }

  @Override
  PatchDraft train(
      Concept word, PromptPhrase subject, Settings values, DiffusionModel model, JobContext context)
      throws IOException {
    PromptEncoder encoder = new PromptEncoder(model);
    InstanceOptions options = new InstanceOptions(values);
    ResteeringSettings told = new ResteeringSettings(values);
    long seed = told.optimizer().seed();
    Optional<ShareMeasurement> drawings = options.drawings(encoder, context, seed + TRIAL_SEEDS);
    List<String> phrases = phrases(word, options, encoder, drawings, context);
    String dominant = phrases.get(0);
    context.goal(new EditGoal(word, phrases, List.of()));
    ResteeringSettings settings = preserving(told, word, phrases, encoder, context);
    try (ConceptTokens learned = ConceptTokens.of(model, List.of(word), settings.embeddings())) {
      ConceptPrompt prompt =
          prompt(word, subject, dominant, learned.words().get(0), settings, model, context);
      context.say(
          "on images of "
              + dominant
              + ", not looking "
              + settings.inWords(prompt, Optional.empty()));
      TrainingImages images = images(word, dominant, settings, model, context);
      Map<String, String> resolved =
          Map.of(
              "instances", Settings.joined(phrases),
              "preserve", Settings.joined(settings.preserved()));
      return new Resteering(
              this, settings, List.of(prompt), List.of(images), Optional.empty(), resolved)
          .train(model, context);
    }
  }

  /** The dominant instance, and what it overshadows as given or found. */
  private static List<String> phrases(
      Concept word,
      InstanceOptions options,
      PromptEncoder encoder,
      Optional<ShareMeasurement> drawings,
      JobContext context) {
    Optional<String> dominant = options.values().find(InstanceOptions.DOMINANT);
    if (options.values().find(InstanceOptions.BALANCE).isEmpty()
        && drawings.isEmpty()
        && dominant.isPresent()) {
      return List.of(TargetShares.phrase(dominant.get().strip(), context.knownConcepts()));
    }
    return options.shares(word, encoder, drawings, context).phrases();
  }

  /** The given prompts to keep, or the instances' own and those of the nearest phrases. */
  private static ResteeringSettings preserving(
      ResteeringSettings told,
      Concept word,
      List<String> phrases,
      PromptEncoder encoder,
      JobContext context) {
    if (!told.preserved().isEmpty()) {
      return told;
    }
    PromptTemplate template = PromptTemplate.of(word.kind());
    Set<String> kept = new LinkedHashSet<>(phrases);
    KnownConcepts vocabulary = context.knownConcepts();
    NearestConcepts.of(
            encoder,
            template,
            word.name(),
            vocabulary,
            vocabulary.ofStyle(word.kind() == ConceptType.STYLE))
        .first(NEAREST)
        .forEach(near -> kept.add(near.phrase()));
    Map<String, String> values = new HashMap<>(told.values().all());
    values.put("preserve", Settings.joined(kept.stream().map(template::with).toList()));
    return new ResteeringSettings(Settings.of(new InstanceResteering().parameters(), values));
  }

  private static ConceptPrompt prompt(
      Concept word,
      PromptPhrase subject,
      String dominant,
      String learned,
      ResteeringSettings settings,
      DiffusionModel model,
      JobContext context) {
    PromptTemplate template = settings.template(word.kind());
    Concept named = new Concept(subject.word(), word.kind());
    if (!settings.embeddings().isEmpty()) {
      return ConceptPrompt.of(model, named, learned, template, settings.endOfText());
    }
    PromptPhrase said =
        settings.values().text("words").equals("general")
            ? subject
            : PromptPhrase.of(dominant, context.knownConcepts());
    return ConceptPrompt.of(model, named, said.word(), template.around(said), settings.endOfText());
  }

  private static TrainingImages images(
      Concept word,
      String dominant,
      ResteeringSettings settings,
      DiffusionModel model,
      JobContext context)
      throws IOException {
    String prompt = PromptTemplate.of(word.kind()).with(word.name());
    Optional<ImageClassifier> judge = context.judge();
    if (settings.images().folder().isPresent() || judge.isEmpty()) {
      if (judge.isEmpty()) {
        context.say("no CLIP classifier for this model: the images are used unchecked");
      }
      return settings
          .images()
          .of(model, List.of(dominant), List.of(prompt), settings.optimizer().seed(), context)
          .get(0);
    }
    int wanted = Math.toIntExact(settings.values().integer("num-images"));
    List<RgbImage> sorted = new ArrayList<>();
    int drawn = 0;
    for (int batch = 0; batch < BATCHES && sorted.size() < wanted; batch++) {
      context.checkCancelled();
      List<RgbImage> some =
          model.generate(
              settings
                  .images()
                  .request(model, prompt)
                  .seeds(settings.optimizer().seed() + (long) batch * wanted, wanted));
      List<String> seen = judge.get().classify(some, word.kind());
      for (int i = 0; i < some.size() && sorted.size() < wanted; i++) {
        if (seen.get(i).equals(dominant)) {
          sorted.add(some.get(i));
        }
      }
      drawn += some.size();
    }
    if (sorted.isEmpty()) {
      throw new IllegalArgumentException(
          Message.of(
              "none of %s images of '%s' shows %s; name another instance, or a folder with its"
                  + " images by --image-dir",
              drawn, prompt, dominant));
    }
    context.say(
        sorted.size() + " images of " + dominant + " among " + drawn + " of '" + prompt + "'");
    return TrainingImages.of(sorted);
  }
}

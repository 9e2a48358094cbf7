package dev.forgetmenot.forget;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.Parameter;
import dev.forgetmenot.api.edit.ParameterValues;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.training.TrainingScope;
import dev.forgetmenot.editing.AttentionNormLoss.Watched;
import dev.forgetmenot.editing.TrainingPictures;
import dev.forgetmenot.patch.PatchDraft;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.pf4j.Extension;

/**
 * Forgets concepts by teaching the UNet not to look at their words (Zhang, Wang, Xu, Wang and Shi,
 * "Forget-Me-Not", arXiv 2303.17591): pictures → latents; prompt → text embedding and the concept's
 * columns; each step lowers the attention to those columns; the difference to the base is the
 * patch.
 */
@Extension
public final class AttentionResteering extends TrainedEditor {
  /** For the plugin manager. */
  public AttentionResteering() {}

  @Override
  public String name() {
    return "resteer";
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
  String drawings() {
    return "pictures";
  }

  @Override
  PatchDraft train(
      List<Concept> concepts, ParameterValues values, DiffusionModel model, JobContext context)
      throws IOException {
    ResteeringSettings settings = new ResteeringSettings(values);
    try (ConceptWords words = ConceptWords.of(model, concepts, settings.embeddings())) {
      List<ConceptPrompt> prompts = new ArrayList<>();
      for (int i = 0; i < concepts.size(); i++) {
        Concept concept = concepts.get(i);
        prompts.add(
            ConceptPrompt.of(
                model,
                concept,
                words.words().get(i),
                settings.template(concept.kind()),
                settings.endOfText()));
      }
      return edit(prompts, settings, model, context);
    }
  }

  private PatchDraft edit(
      List<ConceptPrompt> prompts,
      ResteeringSettings settings,
      DiffusionModel model,
      JobContext context)
      throws IOException {
    prompts.forEach(prompt -> context.say(announcement(prompt, settings)));
    List<TrainingPictures> pictures =
        settings.noRealImage() ? List.of() : pictures(settings, prompts, model, context);
    TrainedDraft draft =
        new TrainedDraft(
            name(),
            "attention re-steering",
            prompts,
            settings.values(),
            resolved(settings),
            pictures.stream().flatMap(own -> own.digests().stream()).toList());
    long seed = settings.optimizer().seed();
    try (PromptEmbeddings embeddings =
            new PromptEmbeddings(model, prompts.stream().map(ConceptPrompt::prompt).toList());
        TrainingExamples examples =
            settings.noRealImage()
                ? new TrainingExamples(model, prompts.size(), seed)
                : new TrainingExamples(model, pictures, seed);
        Preservation preservation =
            new Preservation(
                model,
                settings.preserved().stream().map(model::tokenize).toList(),
                settings.preserveWeight(),
                seed);
        TrainingScope scope = model.train(settings.training(model))) {
      Steps steps = new Steps(model, settings, prompts, embeddings, examples, preservation, scope);
      int done =
          new TrainingRun(scope, settings.optimizer(), context, draft.about())
              .run("re-steering", steps::loss, steps::enough);
      context.say(String.format(Locale.ROOT, "attention to the concept: %.2g", steps.mass));
      return draft.of(settings.trainable().edit(model, scope), settings.optimizer(), done);
    }
  }

  private static String announcement(ConceptPrompt prompt, ResteeringSettings settings) {
    return String.format(
        Locale.ROOT,
        "forgetting '%s' in '%s': columns %s of %d, learning rate %s for %s",
        prompt.concept().name(),
        prompt.prompt().text(),
        prompt.columns().columns(),
        prompt.prompt().ids().size(),
        settings.learningRate(),
        settings.trainable().words());
  }

  private static List<TrainingPictures> pictures(
      ResteeringSettings settings,
      List<ConceptPrompt> prompts,
      DiffusionModel model,
      JobContext context)
      throws IOException {
    return settings
        .pictures()
        .of(
            model,
            prompts.stream().map(prompt -> prompt.concept().name()).toList(),
            prompts.stream().map(prompt -> prompt.prompt().text()).toList(),
            settings.optimizer().seed(),
            context);
  }

  private static Map<String, String> resolved(ResteeringSettings settings) {
    return Map.of(
        "pictures-from", settings.noRealImage() ? "none" : settings.pictures().source(),
        "end-of-text", settings.endOfText().word(),
        "learning-rate", Double.toString(settings.learningRate()));
  }

  /** The losses of one job, and how much attention the last one saw. */
  private static final class Steps {
    private final DiffusionModel model;
    private final ResteeringSettings settings;
    private final List<ConceptPrompt> prompts;
    private final PromptEmbeddings embeddings;
    private final TrainingExamples examples;
    private final Preservation preservation;
    private final TrainingScope scope;
    private double mass = 1;

    Steps(
        DiffusionModel model,
        ResteeringSettings settings,
        List<ConceptPrompt> prompts,
        PromptEmbeddings embeddings,
        TrainingExamples examples,
        Preservation preservation,
        TrainingScope scope) {
      this.model = model;
      this.settings = settings;
      this.prompts = prompts;
      this.embeddings = embeddings;
      this.examples = examples;
      this.preservation = preservation;
      this.scope = scope;
    }

    NDArray loss(NDManager manager, int draw) {
      TrainingExamples.Batch batch = examples.batch(manager, draw, settings.optimizer().batch());
      List<Watched> watched =
          batch.examples().stream()
              .map(one -> new Watched(prompts.get(one.concept()).columns(), one.mask()))
              .toList();
      ResteeringLoss loss =
          ResteeringLoss.of(
              model,
              batch.noisy(),
              batch.timesteps(),
              embeddings.batch(manager, batch.concepts()),
              watched);
      mass = loss.mass();
      return preservation.add(loss.value(), scope, batch.noisy(), batch.timesteps(), draw);
    }

    boolean enough() {
      return mass < settings.stopBelow();
    }
  }
}

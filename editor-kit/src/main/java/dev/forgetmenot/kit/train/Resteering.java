package dev.forgetmenot.kit.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.training.TrainingScope;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.train.AttentionNormLoss.Watched;
import dev.forgetmenot.patch.PatchDraft;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/**
 * Attention re-steering (Zhang, Wang, Xu, Wang and Shi, "Forget-Me-Not", arXiv 2303.17591): images
 * → latents; prompt → text embedding and the concept's columns; each step lowers the attention to
 * those columns where the images are; the difference to the base is the patch.
 *
 * @param editor the editor that trains
 * @param settings its settings
 * @param prompts of the concepts, whose columns get less attention
 * @param images what is looked at with each prompt, in the order of the prompts; none at all for
 *     pure noise
 * @param directions what adapters read, if such are trained
 * @param resolved values that the editor chose itself, by parameter, for the recipe
 */
public record Resteering(
    TrainedEditor editor,
    ResteeringSettings settings,
    List<ConceptPrompt> prompts,
    List<TrainingImages> images,
    Optional<ConceptDirections> directions,
    Map<String, String> resolved) {
  /** The note of a state that says what share of the attention the first step saw. */
  private static final String FIRST = "attention";

  /**
   * Copies the collections.
   *
   * @throws IllegalArgumentException if there are neither none nor as many images as prompts
   */
  public Resteering {
    prompts = List.copyOf(prompts);
    images = List.copyOf(images);
    resolved = Map.copyOf(resolved);
    if (!images.isEmpty() && images.size() != prompts.size()) {
      throw new IllegalArgumentException(
          prompts.size()
              + " prompts and images of "
              + images.size()
              + "; give images of each prompt, or none");
    }
  }

  /**
   * Trains, or goes on with a training that was stopped. For the engine thread; the weights stay as
   * trained.
   *
   * @throws CancellationException if the user stopped it; the state is saved then
   * @throws IllegalArgumentException if a setting does not fit the model
   * @throws IOException if a state cannot be written, or is of another training
   */
  public PatchDraft train(DiffusionModel model, JobContext context) throws IOException {
    TrainedDraft draft =
        new TrainedDraft(
            editor,
            prompts,
            settings.values(),
            chosen(),
            images.stream().flatMap(own -> own.digests().stream()).toList());
    long seed = settings.optimizer().seed();
    try (PromptEmbeddings embeddings =
            new PromptEmbeddings(model, prompts.stream().map(ConceptPrompt::prompt).toList());
        TrainingExamples examples =
            images.isEmpty()
                ? new TrainingExamples(model, prompts.size(), settings.images().side(model), seed)
                : new TrainingExamples(model, images, seed);
        PreservationLoss preservation =
            new PreservationLoss(
                model,
                settings.preserved(directions).stream().map(model::tokenize).toList(),
                settings.preserveWeight(prompts),
                seed);
        TrainingScope scope = model.train(settings.training(model, directions))) {
      Steps steps = new Steps(model, embeddings, examples, preservation, scope);
      int done =
          new Trainer(scope, settings.optimizer().plan(), context, draft.about(), draft::today)
              .run("re-steering", steps::loss, step -> steps.enough());
      steps.say(context);
      return draft.of(settings.trainable().edit(model, scope, context), settings.optimizer(), done);
    }
  }

  private Map<String, String> chosen() {
    Map<String, String> chosen = new HashMap<>(resolved);
    chosen.put("images-from", images.isEmpty() ? "none" : settings.images().source());
    chosen.put("trainable", settings.trainable().choice());
    chosen.put(ResteeringSettings.GENERAL_WEIGHT, Double.toString(settings.generalWeight(prompts)));
    chosen.put("token-selection", settings.endOfText().word());
    chosen.put("learning-rate", Double.toString(settings.learningRate(directions)));
    return chosen;
  }

  /** The losses of one job, and how much attention the last one saw, if there was one. */
  private final class Steps {
    private final DiffusionModel model;
    private final PromptEmbeddings embeddings;
    private final TrainingExamples examples;
    private final PreservationLoss preservation;
    private final TrainingScope scope;
    private double mass = Double.NaN; // a resumed training may have no step left

    Steps(
        DiffusionModel model,
        PromptEmbeddings embeddings,
        TrainingExamples examples,
        PreservationLoss preservation,
        TrainingScope scope) {
      this.model = model;
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
      NDArray attention = directions.isPresent() ? loss.rootMeanSquare() : loss.value();
      return preservation.add(attention, scope, batch.noisy(), batch.timesteps(), draw);
    }

    void say(JobContext context) {
      if (!Double.isNaN(mass)) {
        context.say(Message.of("attention to the concept: %.2g", mass));
      }
    }

    boolean enough() {
      double first =
          Double.parseDouble(scope.notes().computeIfAbsent(FIRST, key -> Double.toString(mass)));
      return mass < settings.stopBelow(first);
    }
  }
}

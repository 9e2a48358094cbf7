package dev.forgetmenot.kit.inversion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.model.AddedTokens;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.training.TrainingOptions;
import dev.forgetmenot.api.training.TrainingScope;
import dev.forgetmenot.kit.concept.EosSelection;
import dev.forgetmenot.kit.concept.TokenPositions;
import dev.forgetmenot.kit.train.SaveTimes;
import dev.forgetmenot.kit.train.StepRng;
import dev.forgetmenot.kit.train.TrainingImages;
import dev.forgetmenot.patching.embeddings.Embeddings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Finds new tokens that say what images show: only their rows of the text encoder's embeddings are
 * trained, by the loss that the model itself was trained with. The model is as before when it ends,
 * however it ends. For the engine thread.
 *
 * @param model what is asked; it may be patched
 */
public record TextualInversion(DiffusionModel model, TextualInversionSettings settings) {
  /** Steps between two checkpoints. */
  private static final int CHECKPOINT_EVERY = 50;

  /**
   * Runs the inversion. With a {@linkplain JobContext#checkpoint() checkpoint file} it keeps its
   * state there every 50 steps (earlier where they are slow), when it is stopped and behind the
   * last step, and goes on from it with the same bits.
   *
   * @param images of the concept, at least one
   * @throws IllegalArgumentException if settings and model do not fit; the message says what to do
   * @throws IOException if a checkpoint cannot be written or does not fit
   * @throws java.util.concurrent.CancellationException if the user stopped it
   */
  public Embeddings run(
      ConceptType kind, TrainingImages images, JobContext context, InversionListener listener)
      throws IOException {
    if (images.images().isEmpty()) {
      throw new IllegalArgumentException("there is no image to invert; give at least one");
    }
    InitialEmbeddings vocabulary = InitialEmbeddings.of(model);
    List<TokenInitialiser> initialisers = settings.initialisers(kind, model, context::say);
    List<String> names = settings.names(initialisers.size());
    float[][] rows = vocabulary.of(initialisers, settings.seed());
    List<String> texts = settings.prompts(kind, String.join("", names), images);
    Optional<NormDecay> decay = settings.normDecay(vocabulary.meanNorm());
    try (AddedTokens tokens = model.addTokens(names, rows);
        InversionImages prepared =
            new InversionImages(model, images, settings.flips(), settings.masked())) {
      List<TokenizedPrompt> prompts = texts.stream().map(text -> prompt(text, names)).toList();
      say(context, names, prompts, images, decay);
      TrainingOptions options = settings.training(tokens.weight());
      try (TrainingScope scope = model.train(options)) {
        InversionTraining training = new InversionTraining(tokens, scope, options, decay);
        new Run(training, prepared, prompts, about(kind, texts, images), context, listener).go();
        return Embeddings.of(names, tokens.vectors());
      }
    }
  }

  /**
   * The tokens as they begin, by which names and shapes of the result are known before any step.
   *
   * @throws IllegalArgumentException if settings and model do not fit; the message says what to do
   */
  public Embeddings beginning(ConceptType kind) {
    InitialEmbeddings vocabulary = InitialEmbeddings.of(model);
    List<TokenInitialiser> initialisers = settings.initialisers(kind, model, said -> {});
    return Embeddings.of(
        settings.names(initialisers.size()), vocabulary.of(initialisers, settings.seed()));
  }

  /** A prompt in which all tokens have room. */
  private TokenizedPrompt prompt(String text, List<String> names) {
    TokenizedPrompt prompt = model.tokenize(text);
    TokenPositions unused =
        TokenPositions.find(model, prompt, String.join("", names), EosSelection.NONE);
    return prompt;
  }

  private void say(
      JobContext context,
      List<String> names,
      List<TokenizedPrompt> prompts,
      TrainingImages images,
      Optional<NormDecay> decay) {
    long masks = settings.masked() ? images.masks().stream().flatMap(Optional::stream).count() : 0;
    context.say(
        String.format(
            Locale.ROOT,
            "inverting %d images (%d masks) into %s by '%s', %s",
            prompts.size(),
            masks,
            names,
            prompts.get(0).text(),
            decay
                .map(norm -> String.format(Locale.ROOT, "lengths drawn to %.3f", norm.target()))
                .orElse("lengths left alone")));
  }

  /** What must be the same to go on from a checkpoint; the number of steps may grow. */
  private Map<String, String> about(ConceptType kind, List<String> prompts, TrainingImages images) {
    Map<String, String> about = new TreeMap<>(settings.values().all());
    about.remove("steps");
    about.put("kind", kind.word());
    about.put("prompts", String.join("\n", prompts));
    about.put("pictures", String.join(" ", images.digests()));
    return about;
  }

  /** The steps of one inversion. */
  private final class Run {
    private final InversionLoss loss = new InversionLoss(model);
    private final InversionTraining training;
    private final InversionImages images;
    private final List<TokenizedPrompt> prompts;
    private final Map<String, String> about;
    private final JobContext context;
    private final InversionListener listener;
    private int microSteps;

    Run(
        InversionTraining training,
        InversionImages images,
        List<TokenizedPrompt> prompts,
        Map<String, String> about,
        JobContext context,
        InversionListener listener) {
      this.training = training;
      this.images = images;
      this.prompts = prompts;
      this.about = about;
      this.context = context;
      this.listener = listener;
    }

    void go() throws IOException {
      int steps = settings.steps();
      SaveTimes times = new SaveTimes(CHECKPOINT_EVERY);
      for (int step = resume() + 1; step <= steps; step++) {
        try {
          context.checkCancelled();
          step(step, steps);
        } catch (IOException | RuntimeException | Error e) {
          saveBecauseOf(e);
          throw e;
        }
        if (step == steps || times.due(step)) {
          save();
          times.saved();
        }
      }
    }

    private void step(int step, int steps) throws IOException {
      microSteps = (step - 1) * settings.accumulation();
      TrainingScope.StepReport report = training.step(this::microStep);
      context.progress("inversion", step, steps);
      context.trained(step, steps, report.loss(), report.gradientNorm());
      listener.stepped(step, steps, this::embeddings);
    }

    private Embeddings embeddings() {
      return Embeddings.of(training.tokens().names(), training.tokens().vectors());
    }

    private int resume() throws IOException {
      if (!context.resuming()) {
        return 0;
      }
      Path file = context.checkpoint().orElseThrow();
      TrainingScope.Restored restored = training.scope().restore(file, about);
      context.say("going on after step " + restored.steps());
      for (String difference : restored.differences()) {
        context.say(difference + ": the result may differ in the last bits");
      }
      return restored.steps();
    }

    /** Numbers that are not finite would come again; all else need not. */
    private void saveBecauseOf(Throwable failure) {
      if (!(failure instanceof ArithmeticException)) {
        try {
          save();
        } catch (IOException | RuntimeException | Error e) {
          failure.addSuppressed(e);
        }
      }
    }

    private void save() throws IOException {
      if (context.checkpoint().isPresent() && training.scope().steps() > 0) {
        training.scope().save(context.checkpoint().get(), about);
      }
    }

    private NDArray microStep(NDManager manager) {
      StepRng random = new StepRng(settings.seed(), ++microSteps);
      int image = random.image(images.count());
      boolean flip = settings.flips() && random.flip();
      NoiseSource source = model.noise(random.noiseSeed());
      NDArray latents = images.sample(manager, image, flip, source);
      Shape shape = latents.getShape();
      NDArray noise = manager.create(source.normal(Math.toIntExact(shape.size())), shape);
      NDArray embedding = model.encodePrompts(List.of(prompts.get(image)));
      embedding.attach(manager);
      int timestep = random.timestep(model.noiseSchedule().trainSteps());
      return loss.of(latents, noise, timestep, embedding, images.mask(image, flip));
    }
  }
}

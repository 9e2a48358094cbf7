package dev.forgetmenot.kit.inversion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.model.AddedTokens;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.api.sampling.NoiseSource;
import dev.forgetmenot.api.training.TrainingOptions;
import dev.forgetmenot.api.training.TrainingScope;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.concept.EosSelection;
import dev.forgetmenot.kit.concept.TokenPositions;
import dev.forgetmenot.kit.train.OptimizerSettings;
import dev.forgetmenot.kit.train.StepRng;
import dev.forgetmenot.kit.train.Trainer;
import dev.forgetmenot.kit.train.TrainingImages;
import dev.forgetmenot.patching.embeddings.Embeddings;
import java.io.IOException;
import java.util.List;
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
  /**
   * Runs the inversion. With a {@linkplain JobContext#checkpoint() checkpoint file} it keeps its
   * state there every 50 steps (earlier where they are slow), when it is stopped and after the last
   * step, and goes on from it with the same bits.
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
        Steps steps = new Steps(prepared, prompts);
        new Trainer(scope, settings.plan(), context, about(kind, texts, images), this::today)
            .run(
                "inversion",
                steps::loss,
                report -> {
                  decay.ifPresent(norm -> norm.apply(tokens, options, report.step()));
                  listener.stepped(
                      report.step(),
                      settings.steps(),
                      () -> Embeddings.of(names, tokens.vectors()));
                  return false;
                });
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

  /** A prompt that holds all tokens. */
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
        Message.of(
            "inverting %d images (%d masks) into %s by '%s', %s",
            prompts.size(),
            masks,
            names,
            prompts.get(0).text(),
            decay
                .map(norm -> Message.of("lengths drawn to %.3f", norm.target()))
                .orElse("lengths left alone")));
  }

  /** What must be the same to go on from a checkpoint; the number of steps may grow. */
  private Map<String, String> about(ConceptType kind, List<String> prompts, TrainingImages images) {
    Map<String, String> about = new TreeMap<>(settings.values().all());
    about.remove("steps");
    about.remove(OptimizerSettings.CHECKPOINTING);
    about.put("kind", kind.word());
    about.put("prompts", String.join("\n", prompts));
    about.put("image-digests", String.join(" ", images.digests()));
    return about;
  }

  /** What an earlier release wrote as {@link #about}, as this one writes it. */
  private Map<String, String> today(Map<String, String> earlier) {
    Map<String, String> today = new TreeMap<>(settings.values().today(earlier));
    if (today.containsKey("pictures")) { // before 3.0
      today.put("image-digests", today.remove("pictures"));
    }
    today.putIfAbsent(OptimizerSettings.MIXED_PRECISION, "no");
    return today;
  }

  /** The losses of one inversion. */
  private final class Steps {
    private final InversionLoss loss = new InversionLoss(model);
    private final InversionImages images;
    private final List<TokenizedPrompt> prompts;

    Steps(InversionImages images, List<TokenizedPrompt> prompts) {
      this.images = images;
      this.prompts = prompts;
    }

    NDArray loss(NDManager manager, int draw) {
      StepRng random = new StepRng(settings.seed(), draw + 1);
      int image = random.image(images.count());
      boolean flip = settings.flips() && random.flip();
      NoiseSource source = model.noise(random.noiseSeed());
      NDArray latents = images.sample(manager, image, flip, source);
      Shape shape = latents.getShape();
      NDArray noise = manager.create(source.normal(Math.toIntExact(shape.size())), shape);
      TextCondition embedding = model.encodePrompts(List.of(prompts.get(image)));
      embedding.attach(manager);
      int timestep = random.timestep(model.noiseSchedule().trainSteps());
      return loss.of(latents, noise, timestep, embedding, images.mask(image, flip));
    }
  }
}

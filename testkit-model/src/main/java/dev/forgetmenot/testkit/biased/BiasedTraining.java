package dev.forgetmenot.testkit.biased;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.model.BaseBinding;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.api.training.LearningRateSchedule;
import dev.forgetmenot.api.training.LoraOptions;
import dev.forgetmenot.api.training.TrainingOptions;
import dev.forgetmenot.api.training.TrainingScope;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.PatchWriter;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patch.edit.LowRankEdit;
import dev.forgetmenot.testkit.EmbeddedModel;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Trains the embedded model on {@link BiasedImages}, as a model is trained: mean (ε_θ(xₜ, t, c) −
 * ε)² over images and their captions, text encoder and UNet together, by low-rank adapters. The
 * result is a patch, for tests that need a model in which one thing brings another along.
 *
 * <pre>
 * BiasedTraining "a thing" "on a red background" FILE.fmnpatch
 * </pre>
 */
public final class BiasedTraining {
  private static final int STEPS = 200;
  private static final int BATCH = 8;
  private static final int RANK = 4;
  private static final double RATE = 1e-3;
  private static final long SEED = 1;
  private final DiffusionModel model;
  private final BiasedImages set;
  private final NDArray latents; // (n, c, h, w)
  private final List<String> captions = captions();

  private BiasedTraining(DiffusionModel model, BiasedImages set, NDArray latents) {
    this.model = model;
    this.set = set;
    this.latents = latents;
  }

  /** Trains and writes. */
  public static void main(String[] arguments) throws IOException {
    String thing = arguments[0];
    String brought = arguments[1];
    try (StableDiffusion model =
        StableDiffusion.load(EmbeddedModel.folder(), LoadOptions.defaults())) {
      PatchDraft draft = model.engine().call(() -> draft(model, thing, brought));
      PatchWriter.write(
          Path.of(arguments[2]),
          draft,
          new BaseBinding(model.base()).of(draft),
          model.base().architecture(),
          "2026-01-01T00:00:00Z");
    }
  }

  private static PatchDraft draft(DiffusionModel model, String thing, String brought) {
    BiasedImages set = BiasedImages.draw(model, thing, brought);
    Map<String, LowRank> factors = new LinkedHashMap<>();
    try (NDManager manager = model.newManager()) {
      NDList encoded = new NDList();
      for (int i = 0; i < set.images().size(); i++) {
        NDArray one = model.encodeImages(List.of(set.images().get(i)), model.noise(SEED + i));
        one.attach(manager);
        encoded.add(one);
      }
      BiasedTraining training = new BiasedTraining(model, set, NDArrays.concat(encoded));
      try (TrainingScope scope = model.train(options())) {
        for (int step = 0; step < STEPS; step++) {
          int number = step;
          TrainingScope.StepReport report = scope.step(one -> training.loss(one, number));
          if (number % 50 == 0) {
            System.out.printf("step %d: loss %.4f%n", report.step(), report.loss());
          }
        }
        factors.putAll(scope.adapters());
      }
    }
    return new PatchDraft(
        "biased-model",
        "A model that learned from images in which " + thing + " never comes without " + brought,
        new Manifest.Intent("correct", List.of()),
        List.of(new LowRankEdit(factors)),
        new Manifest.Recipe(
            "biased-training",
            Map.of("thing", thing, "brought", brought),
            SEED,
            STEPS,
            "testkit",
            "1",
            List.of()),
        List.of(),
        Map.of());
  }

  /** Each with a place for the phrase, as the base learned them. */
  private static List<String> captions() {
    try (InputStream in = BiasedTraining.class.getResourceAsStream("captions.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static TrainingOptions options() {
    return TrainingOptions.builder(BiasedTraining::isTrained, RATE)
        .schedule(new LearningRateSchedule(LearningRateSchedule.Shape.COSINE, 0, STEPS))
        .adapters(new LoraOptions(RANK, RANK, SEED))
        .build();
  }

  /** The layers of the text encoder and the attention of the UNet. */
  private static boolean isTrained(String name) {
    return name.startsWith("text_encoder/text_model.encoder.layers.")
        || (name.startsWith("unet/") && (name.contains(".attn1.") || name.contains(".attn2.")));
  }

  private NDArray loss(NDManager manager, int step) {
    SplittableRandom random = new SplittableRandom(SEED * 1_000_003 + step);
    NDList clean = new NDList();
    int[] timesteps = new int[BATCH];
    double[] same = new double[BATCH];
    List<TokenizedPrompt> prompts = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      int index = random.nextInt(set.images().size());
      clean.add(latents.get(index + ":" + (index + 1)));
      timesteps[i] = random.nextInt(model.noiseSchedule().trainSteps());
      same[i] = timesteps[i];
      String caption = captions.get(random.nextInt(captions.size()));
      prompts.add(model.tokenize(caption.formatted(set.phrases().get(index))));
    }
    Shape shape = new Shape(BATCH).addAll(latents.getShape().slice(1));
    float[] normal = model.noise(random.nextLong(1L << 31)).normal((int) shape.size());
    NDArray noise = manager.create(normal, shape).duplicate(); // the graph reads it
    NDArray batch = NDArrays.concat(clean);
    batch.attach(manager);
    TextCondition condition = model.encodePrompts(prompts);
    condition.attach(manager);
    NDArray noisy = model.noiseSchedule().addNoise(batch, noise, timesteps);
    noisy.attach(manager);
    NDArray prediction = model.predict(noisy, same, condition, AttentionHooks.NONE);
    prediction.attach(manager);
    return prediction.sub(noise).square().mean();
  }
}

package dev.forgetmenot.diffusion.clip;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.evaluation.ImageEmbedder;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.diffusion.config.ClipVisionConfig;
import dev.forgetmenot.diffusion.config.PreprocessorConfig;
import dev.forgetmenot.diffusion.engine.EngineThread;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.engine.TorchScriptOps;
import dev.forgetmenot.diffusion.layer.ModulePath;
import dev.forgetmenot.diffusion.tokenizer.ClipTokenizer;
import dev.forgetmenot.diffusion.weights.ModelParameters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Images, and texts where there is a text tower, in the common space of a CLIP (Radford et al.,
 * arXiv 2103.00020). May be used from any thread; work is done on the engine thread, in batches.
 * {@link #close} frees the weights.
 */
public final class ClipEmbedder implements ImageEmbedder {
  private static final int BATCH = 32;

  /** Letters of the published sizes of vision transformers, by width. */
  private static final Map<Integer, String> SIZES = Map.of(768, "B", 1024, "L", 1280, "H");

  private final EngineThread engine;
  private final String digest;
  private final String label;
  private final NDManager manager; // of weights and batches
  private final Ops ops;
  private final ClipImageProcessor processor;
  private final UnaryOperator<NDArray> vision;
  private final ClipModel both; // null without a text tower
  private final ClipTokenizer tokenizer; // null without a text tower

  private ClipEmbedder(ClipFiles files, String digest, EngineThread engine) throws IOException {
    this.engine = engine;
    this.digest = digest;
    ClipVisionConfig config = ClipVisionConfig.read(files.folder());
    int width = config.encoder().width();
    String size = SIZES.getOrDefault(width, String.valueOf(width));
    Path name = files.folder().getFileName();
    label = "CLIP ViT-" + size + "/" + config.patchSize() + " of " + name + "/";
    processor = new ClipImageProcessor(PreprocessorConfig.read(files.preprocessor()));
    manager = engine.newManager();
    ops = TorchScriptOps.create(engine);
    try {
      requireSize(files, config.imageSize());
      if (files.kind() == ClipFiles.Kind.MODEL) {
        tokenizer = ClipTokenizer.read(files.folder());
        both = ClipModel.load(files.folder(), manager, ops);
        vision = both::imageEmbeds;
      } else {
        tokenizer = null;
        both = null;
        ModelParameters weights =
            ModelParameters.load(
                manager, ops, files.folder(), files.kind().folder(), files.parameterShapes());
        vision =
            new ClipVisionModelWithProjection(ModulePath.root(weights, ops), config)::imageEmbeds;
      }
    } catch (IOException | RuntimeException e) {
      ops.close();
      manager.close();
      throw e;
    }
  }

  /**
   * Loads an embedder.
   *
   * @throws IOException if files are missing, broken, do not belong together, or are of another
   *     kind of model; the message names them
   */
  public static ClipEmbedder open(ClipFiles files, EngineThread engine) throws IOException {
    String digest = files.digest();
    return engine.call(() -> new ClipEmbedder(files, digest, engine));
  }

  /** Whether the preprocessor makes what the tower takes, found out by one image. */
  private void requireSize(ClipFiles files, int side) throws IOException {
    try (NDArray pixels =
        processor.process(manager, List.of(new RgbImage(side, side, new byte[3 * side * side])))) {
      Shape shape = pixels.getShape();
      if (shape.get(2) != side || shape.get(3) != side) {
        throw new IOException(
            String.format(
                Locale.ROOT,
                "%s makes images of %d x %d pixels, and config.json of %s takes %d x %d: the two are"
                    + " of different models; get both again",
                files.preprocessor().resolve("preprocessor_config.json"),
                shape.get(3),
                shape.get(2),
                files.folder(),
                side,
                side));
      }
    }
  }

  @Override
  public String digest() {
    return digest;
  }

  @Override
  public String label() {
    return label;
  }

  @Override
  public float[][] images(List<RgbImage> images) {
    return embed(images, batch -> pixels(batch, vision));
  }

  private NDArray pixels(List<RgbImage> batch, UnaryOperator<NDArray> tower) {
    try (NDArray pixels = processor.process(manager, batch)) {
      return tower.apply(pixels);
    }
  }

  @Override
  public boolean readsTexts() {
    return both != null;
  }

  @Override
  public float[][] texts(List<String> texts) {
    if (both == null) {
      throw new UnsupportedOperationException(
          label + " has no text tower: it compares images with images");
    }
    return embed(
        texts,
        batch ->
            both.textEmbeds(
                manager, batch.stream().map(tokenizer::encode).map(TokenizedPrompt::ids).toList()));
  }

  private <T> float[][] embed(List<T> all, Function<List<T>, NDArray> tower) {
    float[][] rows = new float[all.size()][];
    for (int from = 0; from < rows.length; from += BATCH) {
      List<T> batch = all.subList(from, Math.min(from + BATCH, rows.length));
      float[] flat =
          engine.call(
              () -> {
                try (NDArray embeds = tower.apply(batch)) {
                  return embeds.toFloatArray();
                }
              });
      int width = flat.length / batch.size();
      for (int i = 0; i < batch.size(); i++) {
        rows[from + i] = Arrays.copyOfRange(flat, i * width, (i + 1) * width);
      }
    }
    return rows;
  }

  @Override
  public void close() {
    engine.run(
        () -> {
          if (tokenizer != null) {
            tokenizer.close();
            both.close();
          }
          ops.close();
          manager.close();
        });
  }
}

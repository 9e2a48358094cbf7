package dev.forgetmenot.diffusion.clip;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.edit.KnownConcepts.Phrase;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.diffusion.config.PreprocessorConfig;
import dev.forgetmenot.diffusion.engine.EngineThread;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.engine.TorchScriptOps;
import dev.forgetmenot.diffusion.pipeline.ModelOnDisk;
import dev.forgetmenot.diffusion.tokenizer.ClipTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Zero-shot recognition: an image shows the phrase whose text is nearest to it by the cosine of a
 * CLIP (Radford et al., arXiv 2103.00020). May be used from any thread; work is done on the engine
 * thread. {@link #close} frees the CLIP.
 */
public final class ZeroShotClassifier implements ImageClassifier, AutoCloseable {
  /** The text around the phrase of a thing that served best; see docs/numerics.md. */
  public static final String TEMPLATE = "a photo of {}";

  /** The text around the name of a style. */
  public static final String STYLE_TEMPLATE = "a photo in the style of {}";

  private static final String CLIP_FOLDER = "clip";
  private static final int BATCH = 32;

  /**
   * Labels to choose from.
   *
   * @param texts unit vectors (t, e), null where there are no labels
   */
  private record Labels(List<String> names, NDArray texts) {}

  private final EngineThread engine;
  private final NDManager manager;
  private final Ops ops;
  private final ClipModel clip;
  private final ClipImageProcessor processor;
  private final Labels things;
  private final Labels styles;

  private ZeroShotClassifier(
      Path folder, EngineThread engine, KnownConcepts vocabulary, String template)
      throws IOException {
    this.engine = engine;
    manager = engine.newManager();
    ops = TorchScriptOps.create(engine);
    try (ClipTokenizer tokenizer = ClipTokenizer.read(folder)) {
      processor = new ClipImageProcessor(PreprocessorConfig.read(folder));
      clip = ClipModel.load(folder, manager, ops);
      things = labels(vocabulary, false, template, tokenizer);
      styles = labels(vocabulary, true, STYLE_TEMPLATE, tokenizer);
    } catch (IOException | RuntimeException e) {
      ops.close();
      manager.close();
      throw e;
    }
  }

  private Labels labels(
      KnownConcepts vocabulary, boolean style, String template, ClipTokenizer tokenizer) {
    List<String> names = vocabulary.ofStyle(style).stream().map(Phrase::phrase).toList();
    if (names.isEmpty()) {
      return new Labels(List.of(), null);
    }
    List<List<Integer>> ids =
        names.stream()
            .map(name -> tokenizer.encode(template.replace("{}", name)))
            .map(TokenizedPrompt::ids)
            .toList();
    return new Labels(List.copyOf(names), clip.textEmbeds(manager, ids));
  }

  /** The folder of the CLIP that comes with a model; it may be missing. */
  public static Path clipOf(Path model) {
    return ModelOnDisk.companions(model).resolve(CLIP_FOLDER);
  }

  /**
   * Loads a CLIP.
   *
   * @param clip a CLIP folder in Hugging Face's layout, such as {@code clip/} of a model
   * @param vocabulary what to choose from
   * @param template a text with {@code {}} for the phrase of a thing
   * @throws IOException if there is no CLIP or it is broken
   * @throws IllegalArgumentException if the vocabulary is empty
   */
  public static ZeroShotClassifier open(
      Path clip, EngineThread engine, KnownConcepts vocabulary, String template)
      throws IOException {
    if (!Files.isDirectory(clip)) {
      throw new IOException(
          clip
              + " is not a folder: without a CLIP the images cannot be judged; name one by --clip");
    }
    if (vocabulary.phrases().isEmpty()) {
      throw new IllegalArgumentException("recognition needs phrases to choose from");
    }
    return engine.call(() -> new ZeroShotClassifier(clip, engine, vocabulary, template));
  }

  @Override
  public List<String> things() {
    return things.names();
  }

  @Override
  public List<String> styles() {
    return styles.names();
  }

  @Override
  public List<String> classify(List<RgbImage> images) {
    return classify(images, things);
  }

  @Override
  public List<String> classifyStyle(List<RgbImage> images) {
    return classify(images, styles);
  }

  private List<String> classify(List<RgbImage> images, Labels labels) {
    if (labels.texts() == null) {
      throw new IllegalStateException("there is nothing of that kind to choose from");
    }
    List<String> answers = new ArrayList<>();
    for (int from = 0; from < images.size(); from += BATCH) {
      List<RgbImage> batch = images.subList(from, Math.min(from + BATCH, images.size()));
      answers.addAll(engine.call(() -> nearest(batch, labels)));
    }
    return answers;
  }

  private List<String> nearest(List<RgbImage> images, Labels labels) {
    try (NDArray pixels = processor.process(manager, images);
        NDArray embeds = clip.imageEmbeds(pixels);
        NDArray logits = clip.logitsPerImage(embeds, labels.texts());
        NDArray best = logits.argMax(1)) {
      List<String> answers = new ArrayList<>();
      for (long index : best.toLongArray()) {
        answers.add(labels.names().get((int) index));
      }
      return answers;
    }
  }

  @Override
  public double[] similarities(List<RgbImage> images, String thing) {
    int index = things.names().indexOf(thing);
    if (index < 0) {
      throw new IllegalArgumentException(
          "'" + thing + "' is not a thing of the vocabulary: nothing can be compared with it");
    }
    double[] cosines = new double[images.size()];
    for (int from = 0; from < cosines.length; from += BATCH) {
      List<RgbImage> batch = images.subList(from, Math.min(from + BATCH, cosines.length));
      float[] some = engine.call(() -> cosines(batch, index));
      for (int i = 0; i < some.length; i++) {
        cosines[from + i] = some[i];
      }
    }
    return cosines;
  }

  private float[] cosines(List<RgbImage> images, int index) {
    try (NDArray pixels = processor.process(manager, images);
        NDArray embeds = clip.imageEmbeds(pixels);
        NDArray text = things.texts().get(index);
        NDArray column = text.expandDims(1);
        NDArray cosines = embeds.matMul(column)) {
      return cosines.toFloatArray();
    }
  }

  @Override
  public void close() {
    engine.run(
        () -> {
          clip.close();
          ops.close();
          manager.close();
        });
  }
}

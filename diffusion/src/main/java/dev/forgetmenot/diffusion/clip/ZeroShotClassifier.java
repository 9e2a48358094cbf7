package dev.forgetmenot.diffusion.clip;

import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.edit.KnownConcepts.Phrase;
import dev.forgetmenot.api.evaluation.ImageEmbedder;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.diffusion.engine.EngineThread;
import dev.forgetmenot.diffusion.pipeline.ModelOnDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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

  /**
   * Labels to choose from.
   *
   * @param texts unit vectors (t, e)
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Labels(List<String> names, float[][] texts) {
    static Labels of(List<Phrase> phrases, String template, ImageEmbedder clip) {
      List<String> names = phrases.stream().map(Phrase::phrase).toList();
      return new Labels(
          names, clip.texts(names.stream().map(name -> template.replace("{}", name)).toList()));
    }

    /** The name whose text has the largest cosine with a unit vector. */
    String nearest(float[] image) {
      int best = 0;
      for (int i = 1; i < texts.length; i++) {
        best = dot(image, texts[i]) > dot(image, texts[best]) ? i : best;
      }
      return names.get(best);
    }

    /** How much larger the largest cosine with a unit vector is than the second. */
    double margin(float[] image) {
      double[] sorted =
          Arrays.stream(texts).mapToDouble(text -> dot(image, text)).sorted().toArray();
      int last = sorted.length - 1;
      return last < 1 ? 0 : sorted[last] - sorted[last - 1];
    }
  }

  private final ImageEmbedder clip;
  private final Labels things;
  private final Labels styles;

  private ZeroShotClassifier(ImageEmbedder clip, KnownConcepts vocabulary, String template) {
    this.clip = clip;
    things = Labels.of(vocabulary.ofStyle(false), template, clip);
    styles = Labels.of(vocabulary.ofStyle(true), STYLE_TEMPLATE, clip);
  }

  /** The folder of the CLIP that comes with a model; it may be missing. */
  public static Path clipOf(Path model) {
    return ModelOnDisk.companions(model).resolve(ClipFiles.Kind.MODEL.folder());
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
    ImageEmbedder embedder = ClipEmbedder.open(ClipFiles.model(clip), engine);
    try {
      return new ZeroShotClassifier(embedder, vocabulary, template);
    } catch (RuntimeException e) {
      embedder.close();
      throw e;
    }
  }

  /** The CLIP; it is closed with this. */
  public ImageEmbedder embedder() {
    return clip;
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
    if (labels.names().isEmpty()) {
      throw new IllegalStateException("there is nothing of that kind to choose from");
    }
    return Arrays.stream(clip.images(images)).map(labels::nearest).toList();
  }

  @Override
  public double[] similarities(List<RgbImage> images, String thing) {
    int index = things.names().indexOf(thing);
    if (index < 0) {
      throw new IllegalArgumentException(
          "'" + thing + "' is not a thing of the vocabulary: nothing can be compared with it");
    }
    float[] text = things.texts()[index];
    return Arrays.stream(clip.images(images)).mapToDouble(image -> dot(image, text)).toArray();
  }

  @Override
  public double[] margins(List<RgbImage> images) {
    return Arrays.stream(clip.images(images)).mapToDouble(things::margin).toArray();
  }

  private static float dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return (float) sum;
  }

  @Override
  public void close() {
    clip.close();
  }
}

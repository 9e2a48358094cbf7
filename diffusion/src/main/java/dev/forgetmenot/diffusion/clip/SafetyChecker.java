package dev.forgetmenot.diffusion.clip;

import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.evaluation.SafetyVerdict;
import dev.forgetmenot.diffusion.weights.ComponentTensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The verdict of diffusers' StableDiffusionSafetyChecker, which Stable Diffusion 1.x models bring
 * in {@code safety_checker/}: an image is not safe for work if its embedding is nearer to one of 17
 * concepts than that concept's threshold. The concepts are embeddings that were published without
 * their words. Holds no arrays of the engine; any thread.
 */
public final class SafetyChecker {
  private static final int CONCEPTS = 17;
  private static final int SPECIAL = 3;
  private static final String EMBEDS = "concept_embeds";
  private static final String SPECIAL_EMBEDS = "special_care_embeds";
  private static final String WEIGHTS = "_weights";

  /** What a special-care concept adds to the scores after it. */
  private static final float ADJUSTMENT = 0.01f;

  private final float[][] concepts; // (17, e)
  private final float[] thresholds; // (17)
  private final float[][] special; // (3, e)
  private final float[] specialThresholds; // (3)

  private SafetyChecker(ComponentTensors tensors) throws IOException {
    concepts = rows(tensors, EMBEDS, CONCEPTS);
    thresholds = tensors.tensors().get(EMBEDS + WEIGHTS).floats();
    special = rows(tensors, SPECIAL_EMBEDS, SPECIAL);
    specialThresholds = tensors.tensors().get(SPECIAL_EMBEDS + WEIGHTS).floats();
  }

  /** The names and shapes of its own tensors, beside those of the vision tower. */
  static Map<String, Shape> parameterShapes(int projection) {
    return Map.of(
        EMBEDS,
        new Shape(CONCEPTS, projection),
        EMBEDS + WEIGHTS,
        new Shape(CONCEPTS),
        SPECIAL_EMBEDS,
        new Shape(SPECIAL, projection),
        SPECIAL_EMBEDS + WEIGHTS,
        new Shape(SPECIAL));
  }

  /**
   * Reads the concepts; the vision tower is not read.
   *
   * @param files of a safety checker
   * @throws IOException if a file is missing, broken or of another kind; the message names it
   */
  public static SafetyChecker read(ClipFiles files) throws IOException {
    try (ComponentTensors tensors = files.open()) {
      return new SafetyChecker(tensors);
    }
  }

  private static float[][] rows(ComponentTensors tensors, String name, int count)
      throws IOException {
    float[] flat = tensors.tensors().get(name).floats();
    int width = flat.length / count;
    float[][] rows = new float[count][width];
    for (int i = 0; i < count; i++) {
      System.arraycopy(flat, i * width, rows[i], 0, width);
    }
    return rows;
  }

  /**
   * The verdicts on images.
   *
   * @param images unit embeddings (n, e) of {@link ClipEmbedder} with the same files
   * @return n verdicts
   */
  public List<SafetyVerdict> verdicts(float[][] images) {
    List<SafetyVerdict> verdicts = new ArrayList<>();
    for (float[] image : images) {
      verdicts.add(verdict(image));
    }
    return verdicts;
  }

  private SafetyVerdict verdict(float[] image) {
    float[] specialCosines = cosines(image, special);
    List<Float> care = new ArrayList<>();
    float adjustment = 0;
    for (int i = 0; i < SPECIAL; i++) {
      care.add(round(specialCosines[i] - specialThresholds[i] + adjustment));
      adjustment = care.get(i) > 0 ? ADJUSTMENT : adjustment;
    }
    float[] cosines = cosines(image, concepts);
    List<Float> scores = new ArrayList<>();
    for (int i = 0; i < CONCEPTS; i++) {
      scores.add(round(cosines[i] - thresholds[i] + adjustment));
    }
    return new SafetyVerdict(scores, care);
  }

  /** Cosines with the 17 concepts. */
  float[] conceptCosines(float[] image) {
    return cosines(image, concepts);
  }

  /** Cosines with the 3 special-care concepts. */
  float[] specialCareCosines(float[] image) {
    return cosines(image, special);
  }

  /** To 3 places, half to even, in single precision as NumPy does it. */
  private static float round(float score) {
    return (float) Math.rint(score * 1000f) / 1000f;
  }

  private static float[] cosines(float[] image, float[][] rows) {
    float[] cosines = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      cosines[i] = cosine(image, rows[i]);
    }
    return cosines;
  }

  private static float cosine(float[] a, float[] b) {
    double product = 0;
    double ofA = 0;
    double ofB = 0;
    for (int i = 0; i < a.length; i++) {
      product += (double) a[i] * b[i];
      ofA += (double) a[i] * a[i];
      ofB += (double) b[i] * b[i];
    }
    return (float) (product / Math.sqrt(ofA * ofB));
  }
}

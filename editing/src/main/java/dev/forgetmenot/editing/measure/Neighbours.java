package dev.forgetmenot.editing.measure;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.Kind;
import dev.forgetmenot.api.edit.Vocabulary;
import dev.forgetmenot.api.edit.Vocabulary.Phrase;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.editing.PromptTemplate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What stands near a concept in the text encoder, and is therefore likely to be changed with it.
 */
public final class Neighbours {
  private static final int BATCH = 32;

  private Neighbours() {}

  /**
   * One neighbour.
   *
   * @param cosine of the embeddings of the last tokens, in [−1, 1]
   */
  public record Near(String phrase, double cosine) {}

  /**
   * The entries of a vocabulary nearest to a concept, nearest first: styles of a style, things of
   * anything else. On the engine thread.
   */
  public static List<Near> of(
      Concept concept, Vocabulary vocabulary, DiffusionModel model, int count) {
    PromptTemplate template = PromptTemplate.of(concept.kind());
    List<String> phrases =
        vocabulary.ofStyle(concept.kind() == Kind.STYLE).stream()
            .filter(entry -> vocabulary.find(concept.name()).filter(entry::equals).isEmpty())
            .map(Phrase::phrase)
            .toList();
    String own = vocabulary.find(concept.name()).map(Phrase::phrase).orElse(concept.name());
    double[] target = lastToken(model, List.of(template.with(own))).get(0);
    List<double[]> rows = lastToken(model, phrases.stream().map(template::with).toList());
    List<Near> near = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      near.add(new Near(phrases.get(i), cosine(target, rows.get(i))));
    }
    near.sort(Comparator.comparingDouble(Near::cosine).reversed());
    return near.subList(0, Math.min(count, near.size()));
  }

  /** The embedding of the last token before end-of-text, for each prompt. */
  private static List<double[]> lastToken(DiffusionModel model, List<String> prompts) {
    List<double[]> rows = new ArrayList<>();
    for (int from = 0; from < prompts.size(); from += BATCH) {
      List<TokenizedPrompt> batch =
          prompts.subList(from, Math.min(from + BATCH, prompts.size())).stream()
              .map(model::tokenize)
              .toList();
      try (NDArray embedding = model.encodePrompts(batch)) {
        int tokens = Math.toIntExact(embedding.getShape().get(1));
        int width = Math.toIntExact(embedding.getShape().get(2));
        float[] values = embedding.toFloatArray();
        for (int i = 0; i < batch.size(); i++) {
          double[] row = new double[width];
          int start = (i * tokens + batch.get(i).endColumn() - 1) * width;
          for (int k = 0; k < width; k++) {
            row[k] = values[start + k];
          }
          rows.add(row);
        }
      }
    }
    return rows;
  }

  private static double cosine(double[] a, double[] b) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += a[i] * b[i];
      aa += a[i] * a[i];
      bb += b[i] * b[i];
    }
    return ab / Math.sqrt(aa * bb);
  }
}

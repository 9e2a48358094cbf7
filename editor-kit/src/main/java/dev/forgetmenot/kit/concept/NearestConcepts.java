package dev.forgetmenot.kit.concept;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.patching.gate.EncodedPrompt;
import dev.forgetmenot.patching.gate.PromptEncoder;
import dev.forgetmenot.patching.linear.Matrix;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Phrases by how near a text encoder puts them to a concept: the cosine between what stands at the
 * end of the text under one template, the mean of all phrases taken off, since all text embeddings
 * have much in common.
 *
 * @param phrases nearest first, without the concept itself
 */
public record NearestConcepts(List<Near> phrases) {
  /** Copies the list. */
  public NearestConcepts {
    phrases = List.copyOf(phrases);
  }

  /**
   * A phrase.
   *
   * @param cosine to the concept, in [-1, 1]
   */
  public record Near(PromptPhrase subject, double cosine) {}

  /**
   * Sorts phrases, as many as {@link AskedPhrases} says. For the engine thread.
   *
   * @param candidates what may be near; those that say the same as the concept are left out
   */
  public static NearestConcepts of(
      PromptEncoder encoder,
      PromptTemplate template,
      PromptPhrase concept,
      List<PromptPhrase> candidates) {
    List<PromptPhrase> others =
        candidates.stream()
            .filter(other -> !other.phrase().equalsIgnoreCase(concept.phrase()))
            .filter(other -> !other.word().equalsIgnoreCase(concept.word()))
            .distinct()
            .toList();
    if (others.isEmpty()) {
      return new NearestConcepts(List.of());
    }
    others = AskedPhrases.of(encoder.model().base(), others);
    List<PromptPhrase> all = new ArrayList<>(others);
    all.add(concept);
    List<EncodedPrompt> encoded =
        encoder.encode(all.stream().map(subject -> template.with(subject.phrase())).toList());
    List<double[]> ends = new ArrayList<>();
    encoded.forEach(one -> ends.add(one.columns(List.of(one.prompt().lastEnd())).column(0)));
    double[] mean = new double[encoded.get(0).width()];
    ends.forEach(end -> add(mean, end, 1.0 / ends.size()));
    ends.forEach(end -> add(end, mean, -1));
    double[] own = ends.get(ends.size() - 1);
    List<Near> near = new ArrayList<>();
    for (int i = 0; i < others.size(); i++) {
      near.add(new Near(others.get(i), cosine(ends.get(i), own)));
    }
    near.sort(Comparator.comparingDouble(Near::cosine).reversed());
    return new NearestConcepts(near);
  }

  /**
   * Sorts phrases of a vocabulary. For the engine thread.
   *
   * @param concept in words
   * @param among those of its phrases that may be near
   */
  public static NearestConcepts of(
      PromptEncoder encoder,
      PromptTemplate template,
      String concept,
      KnownConcepts vocabulary,
      List<KnownConcepts.Phrase> among) {
    return of(
        encoder,
        template,
        PromptPhrase.of(concept, vocabulary),
        among.stream().map(phrase -> PromptPhrase.of(phrase.phrase(), vocabulary)).toList());
  }

  /**
   * Sorts the phrases of a vocabulary of a concept's sort, things or styles, by the prompt of its
   * kind. For the engine thread.
   */
  public static NearestConcepts of(
      PromptEncoder encoder, Concept concept, KnownConcepts vocabulary) {
    return of(
        encoder,
        PromptTemplate.of(concept.kind()),
        concept.name(),
        vocabulary,
        vocabulary.ofStyle(concept.kind() == ConceptType.STYLE));
  }

  /** The nearest, at most {@code count}. */
  public List<PromptPhrase> first(int count) {
    return phrases.stream().limit(count).map(Near::subject).toList();
  }

  private static void add(double[] to, double[] what, double times) {
    for (int i = 0; i < to.length; i++) {
      to[i] += times * what[i];
    }
  }

  private static double cosine(double[] a, double[] b) {
    Matrix x = Matrix.of(a.length, 1, a);
    Matrix y = Matrix.of(b.length, 1, b);
    double lengths = x.norm() * y.norm();
    return lengths == 0 ? 0 : x.transposedTimes(y).get(0, 0) / lengths;
  }
}

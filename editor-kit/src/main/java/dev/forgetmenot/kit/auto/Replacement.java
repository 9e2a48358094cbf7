package dev.forgetmenot.kit.auto;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.kit.concept.NearestConcepts;
import dev.forgetmenot.kit.concept.PromptPhrase;
import dev.forgetmenot.kit.concept.PromptTemplate;
import dev.forgetmenot.kit.evaluate.Coherence;
import dev.forgetmenot.kit.evaluate.EvaluationResult.Row;
import dev.forgetmenot.patching.gate.PromptEncoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a concept may become: a general word or a neutral phrase, which names no single thing, whose
 * images show one or two things, none of them the concept, and show them as clearly as the model
 * draws the concept itself. For the engine thread.
 *
 * @param images of the untouched model
 * @param judge of these images
 * @param vocabulary what the model is known to draw
 */
public record Replacement(BaseImages images, ImageClassifier judge, KnownConcepts vocabulary) {
  static final List<String> NEUTRAL =
      List.of("a person", "a man", "a woman", "a thing", "an object", "a toy", "a shape", "art");

  private static final int GENERAL_WORDS = 12; // the nearest; every model has its own

  /**
   * The phrases that will do, the nearest by the text encoder first: of the vocabulary's general
   * words, or where none of these will, of the neutral phrases.
   *
   * @param concept as a prompt says it, a thing
   * @param words of {@link #generalWords}, with their images
   * @return none where none will do
   * @throws IOException if kept images cannot be read or written
   */
  public List<String> of(Concept concept, PromptEncoder encoder, List<Row> words)
      throws IOException {
    Row own = images.of(List.of(concept.name())).get(0);
    Optional<Coherence> scale = Coherence.of(judge, own.images(), own.seen(), concept.name());
    if (scale.isEmpty()) {
      return List.of();
    }
    List<String> general = fitting(concept, words, scale.get());
    if (!general.isEmpty()) {
      return general;
    }
    List<String> phrases = sorted(concept, encoder, neutral(words), vocabulary);
    return fitting(concept, images.of(phrases), scale.get());
  }

  /** The general words whose images are worth looking at, the nearest to a concept first. */
  public static List<String> generalWords(
      Concept concept, PromptEncoder encoder, KnownConcepts vocabulary) {
    return sorted(concept, encoder, vocabulary.generalWords(), vocabulary).stream()
        .limit(GENERAL_WORDS)
        .toList();
  }

  private List<String> neutral(List<Row> words) {
    Set<String> rest = new LinkedHashSet<>(NEUTRAL);
    words.forEach(row -> rest.remove(row.phrase()));
    rest.removeIf(phrase -> vocabulary.find(phrase).isPresent());
    return List.copyOf(rest);
  }

  private List<String> fitting(Concept concept, List<Row> rows, Coherence untouched) {
    return rows.stream().filter(row -> fits(row, concept, untouched)).map(Row::phrase).toList();
  }

  private boolean fits(Row row, Concept concept, Coherence untouched) {
    return row.count(concept.name()) == 0
        && row.showsOneOrTwo()
        && Coherence.of(judge, row.images(), row.seen(), concept.name())
            .filter(coherence -> coherence.relativeTo(untouched) <= Coherence.CLEAR)
            .isPresent();
  }

  private static List<String> sorted(
      Concept concept, PromptEncoder encoder, List<String> phrases, KnownConcepts vocabulary) {
    List<PromptPhrase> subjects =
        phrases.stream().map(phrase -> PromptPhrase.of(phrase, vocabulary)).toList();
    List<String> near = new ArrayList<>();
    NearestConcepts.of(
            encoder,
            PromptTemplate.of(concept.kind()),
            PromptPhrase.of(concept.name(), vocabulary),
            subjects)
        .phrases()
        .forEach(one -> near.add(one.subject().phrase()));
    return near;
  }
}

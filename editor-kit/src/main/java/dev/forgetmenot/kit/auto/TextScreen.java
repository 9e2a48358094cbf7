package dev.forgetmenot.kit.auto;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.kit.concept.AskedPhrases;
import dev.forgetmenot.kit.concept.ConceptEmbeddings;
import dev.forgetmenot.kit.concept.EvenSpread;
import dev.forgetmenot.kit.concept.GeneralPrompts;
import dev.forgetmenot.kit.concept.NearestConcepts;
import dev.forgetmenot.kit.concept.PromptPhrase;
import dev.forgetmenot.kit.concept.PromptTemplate;
import dev.forgetmenot.kit.concept.TokenSelection;
import dev.forgetmenot.patching.gate.EncodedPrompt;
import dev.forgetmenot.patching.gate.PromptEncoder;
import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.solve.PreservedEmbeddings;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What edits do to text, by which they are sorted before any image is drawn: how far concepts are
 * from what they become in three ways of naming them, and how far the nearest phrases, others of
 * the vocabulary and general prompts move. It predicts, and is no verdict. For the engine thread.
 *
 * @param named columns of each concept under each way of naming it, with those of its guide
 * @param kept states of prompts (d × n), each list of one sort
 */
public record TextScreen(List<ConceptEmbeddings.Pairs> named, List<List<Matrix>> kept) {
  private static final int MOST = 100; // phrases of a sort

  /** A residual up to this has forgotten in all images that were looked at. */
  private static final double ENOUGH = 0.4;

  /** What is left of a concept weighs more than what moves. */
  private static final double LEFT = 10;

  private static final List<PromptTemplate> THINGS =
      List.of(
          PromptTemplate.ofThings(),
          new PromptTemplate("an image of {}"),
          new PromptTemplate("{}"));

  private static final List<PromptTemplate> STYLES =
      List.of(
          PromptTemplate.ofStyles(),
          new PromptTemplate("an image in the style of {}"),
          new PromptTemplate("{} style"));

  /** Copies the lists. */
  public TextScreen {
    named = List.copyOf(named);
    kept = List.copyOf(kept);
  }

  /**
   * The screen of concepts.
   *
   * @param guides what each becomes, empty for nothing
   */
  public static TextScreen of(
      PromptEncoder encoder,
      List<Concept> concepts,
      List<String> guides,
      KnownConcepts vocabulary) {
    List<ConceptEmbeddings.Pairs> named = new ArrayList<>();
    Set<PromptPhrase> near = new LinkedHashSet<>();
    List<PromptPhrase> own = new ArrayList<>();
    List<PromptPhrase> things =
        AskedPhrases.of(encoder.model().base(), vocabulary.ofStyle(false)).stream()
            .map(phrase -> PromptPhrase.of(phrase.phrase(), vocabulary))
            .toList();
    for (int i = 0; i < concepts.size(); i++) {
      PromptPhrase subject = PromptPhrase.of(concepts.get(i).name(), vocabulary);
      own.add(subject);
      boolean style = concepts.get(i).kind() == ConceptType.STYLE;
      for (PromptTemplate template : style ? STYLES : THINGS) {
        ConceptEmbeddings rows =
            new ConceptEmbeddings(encoder, TokenSelection.END, 0, List.of(template));
        named.add(rows.pairs(subject, PromptPhrase.of(guides.get(i), vocabulary)));
      }
      near.addAll(
          NearestConcepts.of(encoder, PromptTemplate.ofThings(), subject, things)
              .first(Math.min(MOST, things.size() / 5)));
    }
    near.removeAll(own);
    List<PromptPhrase> rest =
        things.stream().filter(one -> !near.contains(one) && !own.contains(one)).toList();
    List<String> styles =
        vocabulary.ofStyle(true).stream()
            .filter(style -> !own.contains(PromptPhrase.of(style.phrase(), vocabulary)))
            .map(KnownConcepts.Phrase::phrase)
            .toList();
    return new TextScreen(
        named,
        List.of(
            states(encoder, prompts(List.copyOf(near))),
            states(encoder, prompts(EvenSpread.of(MOST, rest))),
            states(encoder, GeneralPrompts.of(rest, styles))));
  }

  private static List<String> prompts(List<PromptPhrase> phrases) {
    return phrases.stream()
        .map(subject -> PromptTemplate.ofThings().with(subject.phrase()))
        .toList();
  }

  private static List<Matrix> states(PromptEncoder encoder, List<String> prompts) {
    return prompts.isEmpty()
        ? List.of()
        : encoder.encode(prompts).stream()
            .map(EncodedPrompt::rows)
            .map(Matrix::transposed)
            .toList();
  }

  /** The mean of ‖(I + D)c − g‖ / ‖c − g‖: 0 is exactly there, 1 as if nothing were done. */
  public double residual(InputUpdate edit) {
    return named.stream()
        .mapToDouble(
            pair ->
                edit.of(pair.targets()).minus(pair.guides()).norm()
                    / pair.targets().minus(pair.guides()).norm())
        .average()
        .orElseThrow();
  }

  /** The mean of ‖D·x‖ / ‖x‖ of the nearest, of others and of general prompts, added up. */
  public double drift(InputUpdate edit) {
    return kept.stream()
        .mapToDouble(
            sort ->
                sort.stream()
                    .mapToDouble(states -> PreservedEmbeddings.drift(edit, states))
                    .average()
                    .orElse(0))
        .sum();
  }

  /** By which edits are sorted, the least first. */
  public double cost(InputUpdate edit) {
    return LEFT * Math.max(0, residual(edit) - ENOUGH) + drift(edit);
  }
}

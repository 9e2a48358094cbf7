package dev.forgetmenot.plugin.evaluate;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.evaluation.EvaluatedConcept;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.kit.concept.AskedPhrases;
import dev.forgetmenot.kit.concept.ConceptEmbeddings;
import dev.forgetmenot.kit.concept.ConceptEmbeddings.Pairs;
import dev.forgetmenot.kit.concept.NearestConcepts;
import dev.forgetmenot.kit.concept.PromptPhrase;
import dev.forgetmenot.kit.concept.PromptTemplate;
import dev.forgetmenot.kit.concept.TokenSelection;
import dev.forgetmenot.patching.gate.EncodedPrompt;
import dev.forgetmenot.patching.gate.PromptEncoder;
import dev.forgetmenot.patching.linear.Matrix;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one model makes of texts: its states of targets, their guides and the other concepts of the
 * vocabulary.
 *
 * @param targets by name: the states of a target's tokens and end of text, with those of its guide
 *     at the same places
 * @param others phrases of the vocabulary that are no target, each with the state of its last token
 *     (d, 1)
 * @param nearest by the name of a target: the phrases that the text encoder puts nearest to it
 */
record TextStates(
    Map<String, Pairs> targets, Map<String, Matrix> others, Map<String, List<String>> nearest) {
  private static final int NEAREST = 20;

  /** Of a model, on the engine thread. */
  static TextStates of(DiffusionModel model, EvaluationTask task) {
    PromptEncoder encoder = new PromptEncoder(model);
    List<KnownConcepts.Phrase> known =
        task.vocabulary().phrases().stream()
            .filter(one -> task.targets().stream().noneMatch(target -> names(target, one)))
            .toList();
    List<KnownConcepts.Phrase> phrases = AskedPhrases.of(model.base(), known);
    Map<String, Pairs> targets = new LinkedHashMap<>();
    Map<String, List<String>> nearest = new LinkedHashMap<>();
    for (EvaluatedConcept target : task.targets()) {
      targets.put(target.name(), pairs(encoder, target, task.vocabulary()));
      nearest.put(target.name(), nearest(encoder, target, task.vocabulary(), phrases));
    }
    return new TextStates(targets, lastTokens(encoder, phrases), nearest);
  }

  private static boolean names(EvaluatedConcept target, KnownConcepts.Phrase known) {
    return target.phrase().equals(known.phrase()) || target.labels().contains(known.phrase());
  }

  /** The members' of a broad concept side by side. */
  private static Pairs pairs(
      PromptEncoder encoder, EvaluatedConcept target, KnownConcepts vocabulary) {
    ConceptEmbeddings embeddings =
        new ConceptEmbeddings(
            encoder, TokenSelection.END, 0, List.of(PromptTemplate.of(target.kind())));
    PromptPhrase guide = PromptPhrase.of(target.guide().orElse(""), vocabulary);
    List<Pairs> all =
        target.labels().stream()
            .map(label -> embeddings.pairs(PromptPhrase.of(label, vocabulary), guide))
            .toList();
    return new Pairs(
        Matrix.joinColumns(all.stream().map(Pairs::targets).toList()),
        Matrix.joinColumns(all.stream().map(Pairs::guides).toList()));
  }

  private static List<String> nearest(
      PromptEncoder encoder,
      EvaluatedConcept target,
      KnownConcepts vocabulary,
      List<KnownConcepts.Phrase> phrases) {
    boolean style = target.kind() == ConceptType.STYLE;
    List<KnownConcepts.Phrase> alike =
        phrases.stream().filter(known -> (known.kind() == ConceptType.STYLE) == style).toList();
    PromptTemplate template = PromptTemplate.of(target.kind());
    return NearestConcepts.of(encoder, template, target.labels().get(0), vocabulary, alike)
        .first(NEAREST)
        .stream()
        .map(PromptPhrase::phrase)
        .toList();
  }

  private static Map<String, Matrix> lastTokens(
      PromptEncoder encoder, List<KnownConcepts.Phrase> phrases) {
    List<String> prompts =
        phrases.stream()
            .map(known -> PromptTemplate.of(known.kind()).with(known.phrase()))
            .toList();
    List<EncodedPrompt> encoded = encoder.encode(prompts);
    Map<String, Matrix> states = new LinkedHashMap<>();
    for (int i = 0; i < prompts.size(); i++) {
      int last = encoded.get(i).prompt().endPosition() - 1;
      states.put(phrases.get(i).phrase(), encoded.get(i).columns(List.of(last)));
    }
    return states;
  }
}

package dev.forgetmenot.plugin.forget.choice;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.EditGoal;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.auto.BaseImages;
import dev.forgetmenot.kit.auto.Candidate;
import dev.forgetmenot.kit.auto.InstanceSearch;
import dev.forgetmenot.kit.auto.Replacement;
import dev.forgetmenot.kit.auto.ShareMeasurement;
import dev.forgetmenot.kit.concept.PromptPhrase;
import dev.forgetmenot.kit.evaluate.Coherence;
import dev.forgetmenot.kit.evaluate.Evaluation;
import dev.forgetmenot.kit.evaluate.EvaluationResult.Row;
import dev.forgetmenot.kit.solve.PhraseList;
import dev.forgetmenot.patching.gate.PromptEncoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What concepts become, and what the general words become that draw them.
 *
 * @param guides a phrase for each concept, empty for nothing
 * @param words general words that draw a concept: the concept first, then its other instances
 * @param margin of the guide of a single concept, see {@link Candidate#margin}; 0 where it is not
 *     known
 * @param others phrases that will do for a single concept as well as its guide, in order
 */
record Becoming(List<String> guides, List<EditGoal> words, double margin, List<Guide> others) {
  static final String SETTING = "become";
  static final String AUTO = "auto";
  private static final String NOTHING = "nothing";
  private static final double DRAWS = 0.25; // of a word's images show the concept

  /** A phrase and its margin over the concept; see {@link Candidate#margin}. */
  record Guide(String phrase, double margin) {}

  /** As given; where it is to be found, nothing. */
  static Becoming given(List<Concept> concepts, Settings values) {
    List<String> guides =
        PhraseList.forEach(SETTING, values, concepts.size()).stream()
            .map(phrase -> phrase.equals(AUTO) || phrase.equals(NOTHING) ? "" : phrase)
            .toList();
    return new Becoming(guides, List.of(), 0, List.of());
  }

  /**
   * As given, the rest found in images of the model as it is; on the engine thread.
   *
   * @param size of the images
   */
  static Becoming found(
      List<Concept> concepts,
      Settings values,
      DiffusionModel model,
      ImageClassifier judge,
      Evaluation.Size size,
      JobContext context)
      throws IOException {
    Becoming given = given(concepts, values);
    List<String> asked = PhraseList.forEach(SETTING, values, concepts.size());
    List<String> guides = new ArrayList<>(given.guides);
    List<Guide> found = List.of();
    Map<String, EditGoal> words = new LinkedHashMap<>();
    PromptEncoder encoder = new PromptEncoder(model);
    BaseImages images = new BaseImages(model, judge, context, size);
    for (int i = 0; i < concepts.size(); i++) {
      Concept concept = phrase(concepts.get(i), context);
      boolean open = asked.get(i).equals(AUTO);
      if (concept.kind() == ConceptType.STYLE) {
        if (open) {
          context.say(
              Message.of(
                  "'%s' is a style, which is how things are drawn and no thing: it becomes nothing;"
                      + " --become PHRASE names something",
                  concept.name()));
        }
        continue;
      }
      context.checkCancelled();
      context.progress("looking for what concepts become", i, concepts.size());
      List<Row> rows =
          images.of(Replacement.generalWords(concept, encoder, context.knownConcepts()));
      List<EditGoal> own = new ArrayList<>();
      rows.stream()
          .filter(row -> (double) row.count(concept.name()) / row.seen().size() >= DRAWS)
          .forEach(row -> instances(row, concept, encoder, judge, size, context, own));
      own.forEach(goal -> words.putIfAbsent(goal.concept().name(), goal));
      if (open) {
        Replacement replacement = new Replacement(images, judge, context.knownConcepts());
        List<String> phrases = withInstances(replacement.of(concept, encoder, rows), own);
        say(concept, phrases, context);
        guides.set(i, phrases.isEmpty() ? "" : phrases.get(0));
        found = concepts.size() == 1 ? measured(phrases, concept, images, judge) : List.of();
      }
    }
    context.progress("looking for what concepts become", concepts.size(), concepts.size());
    Becoming all = new Becoming(guides, List.copyOf(words.values()), 0, found);
    return all.next().orElse(all);
  }

  /** The phrases with their margins, by images of the model as it is. */
  private static List<Guide> measured(
      List<String> phrases, Concept concept, BaseImages images, ImageClassifier judge)
      throws IOException {
    List<Guide> guides = new ArrayList<>();
    for (Row row : images.of(phrases)) {
      double margin =
          Coherence.of(judge, row.images(), row.seen(), concept.name())
              .map(Coherence::margin)
              .orElse(0.0);
      guides.add(new Guide(row.phrase(), margin));
    }
    return guides;
  }

  /**
   * After the first phrase what general words draw without the concept: where text embeddings of
   * the word and the concept are nearly the same, to send them to two places costs others.
   */
  private static List<String> withInstances(List<String> phrases, List<EditGoal> words) {
    Set<String> all = new LinkedHashSet<>(phrases.stream().limit(1).toList());
    words.forEach(word -> all.add(word.instances().get(1)));
    all.addAll(phrases);
    return List.copyOf(all);
  }

  private static void say(Concept concept, List<String> phrases, JobContext context) {
    context.say(
        phrases.isEmpty()
            ? Message.of(
                "no general word's images show one or two things clearly without '%s': it becomes"
                    + " nothing; --become PHRASE names something",
                concept.name())
            : Message.of(
                "'%s' may become, in this order: %s", concept.name(), String.join(", ", phrases)));
  }

  /** The same with the next phrase that will do; empty where there is none. */
  Optional<Becoming> next() {
    return others.stream()
        .findFirst()
        .map(
            guide ->
                new Becoming(
                    List.of(guide.phrase()),
                    words,
                    guide.margin(),
                    others.subList(1, others.size())));
  }

  private static Concept phrase(Concept concept, JobContext context) {
    return new Concept(
        PromptPhrase.of(concept.name(), context.knownConcepts()).phrase(), concept.kind());
  }

  /** Finds what else a general word stands for, as corrections do. */
  private static void instances(
      Row word,
      Concept concept,
      PromptEncoder encoder,
      ImageClassifier judge,
      Evaluation.Size size,
      JobContext context,
      List<EditGoal> words) {
    Concept general = new Concept(word.phrase(), ConceptType.OBJECT);
    ShareMeasurement drawings =
        new ShareMeasurement(encoder.model(), judge, size.ofConcept(), size.steps(), size.seed());
    try {
      List<String> others =
          new InstanceSearch(general, encoder, drawings, context).overshadowed(concept.name());
      List<String> all = new ArrayList<>(List.of(concept.name()));
      all.addAll(others);
      words.add(new EditGoal(general, all, List.of()));
    } catch (IllegalArgumentException e) {
      context.say("'" + word.phrase() + "' is not held: " + e.getMessage());
    }
  }

  /** The settings of a solve. */
  Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    if (!guides.stream().allMatch(String::isEmpty)) {
      settings.put("guide", Settings.joined(guides));
    }
    if (!words.isEmpty()) {
      settings.put(
          "redirect",
          Settings.joined(
              words.stream()
                  .map(goal -> goal.concept().name() + "=" + goal.instances().get(1))
                  .toList()));
    }
    return settings;
  }
}

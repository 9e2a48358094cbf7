package dev.forgetmenot.kit.train;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.kit.concept.EosSelection;
import dev.forgetmenot.kit.concept.PromptPhrase;
import dev.forgetmenot.kit.concept.PromptTemplate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Settings of every method that trains: what is trained, how, and in which prompt. */
public interface TrainedSettings {
  /** With how many things a style is trained, beside alone. */
  int THINGS = 6;

  /** The given values. */
  Settings values();

  /** The learning rates where the user gives none. */
  TrainableSettings.Rates rates();

  /** What is trained. */
  default TrainableSettings trainable() {
    return new TrainableSettings(values());
  }

  /** How long and how fast. */
  default OptimizerSettings optimizer() {
    return new OptimizerSettings(values());
  }

  /**
   * The given learning rate, or the one of what is trained.
   *
   * @param directions what {@link TrainableSettings#directions} gave
   */
  default double learningRate(Optional<ConceptDirections> directions) {
    return optimizer().rate(trainable().rate(rates(), directions));
  }

  /** The given {@code template}, or the one for a kind. */
  default PromptTemplate template(ConceptType kind) {
    return values()
        .find("template")
        .map(PromptTemplate::new)
        .orElseGet(() -> PromptTemplate.of(kind));
  }

  /**
   * Each concept in its prompt: its name in a given template, or else as the vocabulary says it.
   * For the engine thread.
   *
   * @param vocabulary what the model is known to draw; may be empty
   * @param endOfText which end-of-text columns are the concept's too
   * @throws IllegalArgumentException if a prompt is too long
   */
  default List<ConceptPrompt> prompts(
      DiffusionModel model,
      List<Concept> concepts,
      KnownConcepts vocabulary,
      EosSelection endOfText) {
    return concepts.stream()
        .map(concept -> prompt(model, concept, template(concept.kind()), vocabulary, endOfText))
        .toList();
  }

  /**
   * The same, and each style with things of the vocabulary too where neither a template nor images
   * are given: who asks for a style asks for something in it, and what is trained without one
   * forgets it without one.
   */
  default List<ConceptPrompt> promptsWithThings(
      DiffusionModel model,
      List<Concept> concepts,
      KnownConcepts vocabulary,
      EosSelection endOfText) {
    return concepts.stream()
        .flatMap(
            concept ->
                templates(concept.kind(), vocabulary).stream()
                    .map(template -> prompt(model, concept, template, vocabulary, endOfText)))
        .toList();
  }

  /**
   * The templates of {@link #promptsWithThings} for a concept of a kind, that of its kind first.
   */
  default List<PromptTemplate> templates(ConceptType kind, KnownConcepts vocabulary) {
    List<PromptTemplate> templates = new ArrayList<>(List.of(template(kind)));
    boolean own = values().find("template").isPresent() || values().find("image-dir").isPresent();
    if (kind == ConceptType.STYLE && !own) {
      templates.addAll(PromptTemplate.ofThingsInStyles(vocabulary, THINGS));
    }
    return templates;
  }

  private ConceptPrompt prompt(
      DiffusionModel model,
      Concept concept,
      PromptTemplate template,
      KnownConcepts vocabulary,
      EosSelection endOfText) {
    if (values().find("template").isPresent()) {
      return ConceptPrompt.of(model, concept, concept.name(), template, endOfText);
    }
    PromptPhrase subject = PromptPhrase.of(concept.name(), vocabulary);
    return ConceptPrompt.of(model, concept, subject.word(), template.around(subject), endOfText);
  }
}

package dev.forgetmenot.kit.train;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.kit.concept.EosSelection;
import dev.forgetmenot.kit.concept.PromptTemplate;
import java.util.List;

/** Settings of every method that trains: what is trained, how, and in which prompt. */
public interface TrainedSettings {
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

  /** The given learning rate, or the one of what is trained. */
  default double learningRate() {
    return optimizer().rate(trainable().rate(rates()));
  }

  /** The given {@code template}, or the one for a kind. */
  default PromptTemplate template(ConceptType kind) {
    return values()
        .find("template")
        .map(PromptTemplate::new)
        .orElseGet(() -> PromptTemplate.of(kind));
  }

  /**
   * Each concept by its name in its prompt. For the engine thread.
   *
   * @throws IllegalArgumentException if a prompt is too long
   */
  default List<ConceptPrompt> prompts(DiffusionModel model, List<Concept> concepts) {
    return concepts.stream()
        .map(
            concept ->
                ConceptPrompt.of(
                    model, concept, concept.name(), template(concept.kind()), EosSelection.NONE))
        .toList();
  }
}

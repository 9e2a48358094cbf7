package dev.forgetmenot.kit.train;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.kit.concept.EosSelection;
import dev.forgetmenot.kit.concept.PromptTemplate;
import dev.forgetmenot.kit.concept.TokenPositions;

/**
 * A concept in the prompt that it is trained in.
 *
 * @param prompt says the concept
 * @param columns the concept's columns in the prompt
 */
public record ConceptPrompt(Concept concept, TokenizedPrompt prompt, TokenPositions columns) {
  /**
   * Writes the concept into a template.
   *
   * @param words what the prompt calls the concept: its name, or the tokens learned of it
   * @throws IllegalArgumentException if it is not found there, or the prompt is too long
   */
  public static ConceptPrompt of(
      DiffusionModel model,
      Concept concept,
      String words,
      PromptTemplate template,
      EosSelection endOfText) {
    TokenizedPrompt prompt = model.tokenize(template.with(words));
    return new ConceptPrompt(concept, prompt, TokenPositions.find(model, prompt, words, endOfText));
  }
}

package dev.forgetmenot.kit.solve;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.kit.concept.PromptPhrase;

/**
 * A phrase that should not move.
 *
 * @param subject what it is
 * @param kind decides the prompt that says it
 */
public record PreservedConcept(PromptPhrase subject, ConceptType kind) {}

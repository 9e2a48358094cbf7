package dev.forgetmenot.editing.solving;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.editing.PromptPhrase;

/**
 * A phrase that should not move.
 *
 * @param subject what it is
 * @param kind decides the prompt that says it
 */
public record PreservedConcept(PromptPhrase subject, ConceptType kind) {}

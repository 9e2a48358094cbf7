/**
 * The program's own evaluators: what of a concept still comes, what the patch cost other concepts,
 * and how the model changed inside. Formulas are in {@code dev.forgetmenot.evaluation.measure}.
 */
package dev.forgetmenot.plugin.evaluate;

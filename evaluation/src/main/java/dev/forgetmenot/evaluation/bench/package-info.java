/**
 * ConceptBench: which concepts an evaluation asks for, with which prompts and seeds, and which
 * other concepts it looks at, as YAML files and their reader.
 */
package dev.forgetmenot.evaluation.bench;

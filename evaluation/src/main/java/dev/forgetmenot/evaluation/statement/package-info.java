/**
 * What an evaluation says of a patch, as a statement that is signed and lies beside it: in-toto's
 * predicate test-result v0.1. docs/trust.md says what it is good for.
 */
package dev.forgetmenot.evaluation.statement;

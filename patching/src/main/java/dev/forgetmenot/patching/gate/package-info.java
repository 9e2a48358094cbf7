/**
 * Prompt gates: a patch that is active only for prompts near its concept. The one package of this
 * module that sees arrays, since prompts are encoded.
 */
package dev.forgetmenot.patching.gate;

/**
 * Evaluation of a patched model beside the original: what is drawn, what judges say of it, and the
 * measures that plugins bring.
 */
package dev.forgetmenot.api.evaluation;

/**
 * The {@code .fmnpatch} file: what to add to which tensors of which base model, why, made how, by
 * whom. Data only: no code, no pickles, no paths. docs/patch-format.md is the specification.
 */
package dev.forgetmenot.patch;

package dev.forgetmenot.api.evaluation;

/** Which of the two models an image is of. */
public enum ModelState {
  /** The base without the patches under test. */
  ORIGINAL,
  /** The base with them. */
  PATCHED
}

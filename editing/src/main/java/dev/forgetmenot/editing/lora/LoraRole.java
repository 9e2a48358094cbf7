package dev.forgetmenot.editing.lora;

/** What a tensor of a LoRA file is for its module. */
enum LoraRole {
  /** (r, in) or (r, in, height, width): what reads the input. */
  DOWN,
  /** (out, r) or (out, r, 1, 1). */
  UP,
  /** (r, r, height, width): the core between the two in LoCon's Tucker form. */
  MID,
  /** The numerator of the scale; a missing one, or 0, is the rank. */
  ALPHA,
  /** dW in full. */
  WEIGHT_CHANGE,
  /** The difference of the bias in full. */
  BIAS_CHANGE,
  /** The weight itself in full, instead of the base's. */
  NEW_WEIGHT
}

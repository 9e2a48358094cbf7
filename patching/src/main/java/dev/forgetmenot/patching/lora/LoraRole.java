package dev.forgetmenot.patching.lora;

/**
 * What a tensor of an adapter file is for its module. Letters: r rank, (out, in) the weight, in the
 * convolutions' case with the kernel's sides last or multiplied into in.
 */
enum LoraRole {
  /** (r, in) or (r, in, height, width): what reads the input. */
  DOWN,
  /** (out, r) or (out, r, 1, 1). */
  UP,
  /** (r, r, height, width): the core between the two in LoCon's Tucker form. */
  MID,
  /** (out): the bias of the layer up, which is scaled as the product is. */
  UP_BIAS,
  /**
   * LoHa: dW is the product of two products, element by element. (out, r), with a core (r, out).
   */
  HADA_W1_A,
  /** (r, in). */
  HADA_W1_B,
  /** As {@link #HADA_W1_A}. */
  HADA_W2_A,
  /** As {@link #HADA_W1_B}. */
  HADA_W2_B,
  /** (r, r, height, width): the core of the first product. */
  HADA_T1,
  /** The core of the second. */
  HADA_T2,
  /** LoKr: dW is the Kronecker product of two matrices. The first in full. */
  LOKR_W1,
  /** (rows, r): the first as a product. */
  LOKR_W1_A,
  /** (r, columns). */
  LOKR_W1_B,
  /** The second in full, a matrix or a convolution. */
  LOKR_W2,
  /** (rows, r), with a core (r, rows): the second as a product. */
  LOKR_W2_A,
  /** (r, columns). */
  LOKR_W2_B,
  /** (r, r, height, width): its core. */
  LOKR_T2,
  /** The numerator of the scale; a missing one, or 0, is the rank. */
  ALPHA,
  /** DoRA: the norms of W' by output, (out, 1), or by input, (1, in); its shape tells which. */
  DORA_SCALE,
  /**
   * DoRA as the PEFT library writes it: the norms of W' by output, in any shape of out elements.
   */
  MAGNITUDE,
  /** (IA)³ of LyCORIS: W' = W · (1 + v), v by output or by input. */
  IA3_CHANGE,
  /** One number: 0 where (IA)³ of LyCORIS is by output, 1 where it is by input. */
  ON_INPUT,
  /** (IA)³ of the PEFT library: W' = W · v, (out, 1) or (1, in). */
  IA3_FACTOR,
  /** dW in full. */
  WEIGHT_CHANGE,
  /** The difference of the bias in full. */
  BIAS_CHANGE,
  /** The weight itself in full, instead of the base's. */
  NEW_WEIGHT,
  /** The bias itself in full, instead of the base's. */
  NEW_BIAS
}

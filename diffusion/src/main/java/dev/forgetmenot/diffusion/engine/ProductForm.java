package dev.forgetmenot.diffusion.engine;

/** A form in which the engine computes a convolution or a linear layer. */
public enum ProductForm {
  /** Weights in oneDNN's own layout, channels last in memory. */
  PACKED("packed"),
  /** Weights as they are, channels last in memory; of a linear layer the engine's own product. */
  PLAIN("narrow"),
  /** A convolution with channels first in memory, and the conversions that it takes. */
  CHANNELS_FIRST("nchw"),
  /** A convolution as one product of matrices, for small maps. */
  IM2COL("im2col");

  private final String word;

  ProductForm(String word) {
    this.word = word;
  }

  /** What the names of its operators begin with. */
  String word() {
    return word;
  }
}

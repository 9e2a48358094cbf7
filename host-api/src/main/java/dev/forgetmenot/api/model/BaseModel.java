package dev.forgetmenot.api.model;

import java.util.List;

/**
 * A base as its files hold it: what patches are bound to, checked against and computed from. Needs
 * no engine.
 *
 * @param tensors the stored tensors
 * @param textEncoders in the order in which their embeddings lie side by side; at least one
 * @param architecture as the manifests of patches name it: {@code stable-diffusion-v1}, {@code
 *     stable-diffusion-v2-512}, {@code stable-diffusion-v2-768-v}, {@code
 *     stable-diffusion-xl-v1-base}, or {@code other} for other sizes
 * @param label what the base is called, for people
 */
public record BaseModel(
    BaseTensors tensors, List<BaseTextEncoder> textEncoders, String architecture, String label) {
  /** Copies the list. */
  public BaseModel {
    textEncoders = List.copyOf(textEncoders);
  }

  /** A base with one text encoder, as SD 1.x and 2.x have it. */
  public BaseModel(
      BaseTensors tensors, TokenizerIdentity tokenizer, String architecture, String label) {
    this(tensors, List.of(new BaseTextEncoder("text_encoder", tokenizer)), architecture, label);
  }

  /** The words and merges of the first text encoder. */
  public TokenizerIdentity tokenizer() {
    return textEncoders.get(0).tokenizer();
  }
}

package dev.forgetmenot.api.model;

import java.util.List;

/**
 * A base as its files hold it: what patches are bound to, checked against and computed from. Needs
 * no engine.
 *
 * @param tensors the stored tensors
 * @param tokenizerDigests SHA-256 of vocab.json and merges.txt, hex, in this order
 * @param architecture as the manifests of patches name it: {@code stable-diffusion-v1}, {@code
 *     stable-diffusion-v2-512}, {@code stable-diffusion-v2-768-v}, or {@code other} for other sizes
 * @param label what the base is called, for people
 */
public record BaseModel(
    BaseTensors tensors, List<String> tokenizerDigests, String architecture, String label) {
  /** Copies the list. */
  public BaseModel {
    tokenizerDigests = List.copyOf(tokenizerDigests);
  }
}

package dev.forgetmenot.api.model;

import java.util.List;

/**
 * A base as its files hold it: what patches are bound to, checked against and computed from. Needs
 * no engine.
 *
 * @param tensors the stored tensors
 * @param tokenizerDigests SHA-256 of vocab.json and merges.txt, hex, in this order; then those of
 *     vocab.json in the other spellings of JSON in which it is published
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

  /**
   * Whether the tokenizer is that of two files; the same vocabulary in another spelling counts.
   *
   * @param vocabSha256 of vocab.json, hex
   * @param mergesSha256 of merges.txt, hex
   */
  public boolean hasTokenizer(String vocabSha256, String mergesSha256) {
    return !vocabSha256.isEmpty()
        && tokenizerDigests.get(1).equals(mergesSha256)
        && (tokenizerDigests.get(0).equals(vocabSha256)
            || tokenizerDigests.subList(2, tokenizerDigests.size()).contains(vocabSha256));
  }

  /** Whether the tokenizers of two bases are one. */
  public boolean sameTokenizer(BaseModel other) {
    return hasTokenizer(other.tokenizerDigests.get(0), other.tokenizerDigests.get(1));
  }
}

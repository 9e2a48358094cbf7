package dev.forgetmenot.api.model;

/**
 * A base as its files hold it: what patches are bound to, checked against and computed from. Needs
 * no engine.
 *
 * @param tensors the stored tensors
 * @param tokenizer the words and merges
 * @param architecture as the manifests of patches name it: {@code stable-diffusion-v1}, {@code
 *     stable-diffusion-v2-512}, {@code stable-diffusion-v2-768-v}, or {@code other} for other sizes
 * @param label what the base is called, for people
 */
public record BaseModel(
    BaseTensors tensors, TokenizerIdentity tokenizer, String architecture, String label) {}

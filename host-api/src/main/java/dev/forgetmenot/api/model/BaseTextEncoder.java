package dev.forgetmenot.api.model;

/**
 * A text encoder of a base.
 *
 * @param component what its tensors are named by: {@code text_encoder}, or {@code text_encoder_2}
 *     for a second one
 * @param tokenizer its words and merges
 */
public record BaseTextEncoder(String component, TokenizerIdentity tokenizer) {}

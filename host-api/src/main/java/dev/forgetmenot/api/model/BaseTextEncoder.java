package dev.forgetmenot.api.model;

import java.util.Optional;

/**
 * A text encoder of a base, and what other programs' files call it.
 *
 * @param component what its tensors are named by: {@code text_encoder}, or {@code text_encoder_2}
 *     for a second one
 * @param tokenizer its words and merges
 * @param loraPrefix what kohya's LoRA files write before the names of its modules, without the
 *     underscore behind it
 * @param embeddingKey what files of learned tokens call its vectors; empty where no name is needed,
 *     since it is the only one
 */
public record BaseTextEncoder(
    String component,
    TokenizerIdentity tokenizer,
    String loraPrefix,
    Optional<String> embeddingKey) {}

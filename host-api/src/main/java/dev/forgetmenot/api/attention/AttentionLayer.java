package dev.forgetmenot.api.attention;

/**
 * One attention layer of the UNet.
 *
 * @param name diffusers' module name, such as {@code
 *     down_blocks.0.attentions.0.transformer_blocks.0.attn2}
 * @param heads number of heads
 * @param cross true for attention to the prompt ({@code attn2}), false for self attention
 */
public record AttentionLayer(String name, int heads, boolean cross) {}

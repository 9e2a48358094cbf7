/**
 * LoRA files of other tools, as edits and back: the containers of sd-scripts and LyCORIS, of
 * diffusers old and new, and of the PEFT library, as far as they are an exact difference of
 * weights. Plain data: no engine.
 *
 * <p>Letters: r rank, down (r, in), up (out, r), dW = alpha / r · up · down.
 */
package dev.forgetmenot.patching.lora;

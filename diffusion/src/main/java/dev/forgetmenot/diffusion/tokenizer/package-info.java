/** CLIP's tokenizer: prompts to token ids, through DJL's binding of the tokenizers library. */
package dev.forgetmenot.diffusion.tokenizer;

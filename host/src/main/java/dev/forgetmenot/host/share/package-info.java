/** Patches for others: images in them, and folders with a card for the Hugging Face Hub. */
package dev.forgetmenot.host.share;

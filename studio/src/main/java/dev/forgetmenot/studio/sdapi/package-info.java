/**
 * The API of A1111 under {@code /sdapi/v1}, as far as SillyTavern, Open WebUI and the like use it:
 * text and image to image, progress, names of models, samplers and LoRAs. Patches stand for LoRAs.
 */
package dev.forgetmenot.studio.sdapi;

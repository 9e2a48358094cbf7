/**
 * Reading of config.json files. A value that would change the result and is not supported is
 * refused by name; keys that change nothing are ignored, and a missing key takes the default of
 * diffusers' or transformers' class.
 */
package dev.forgetmenot.diffusion.config;

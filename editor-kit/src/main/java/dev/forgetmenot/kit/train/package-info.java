/**
 * What editors share that train the UNet: what is trained and how, images noised as the steps take
 * them, steps that can be stopped and taken up, and the draft of what came out. An editor extends
 * {@link dev.forgetmenot.kit.train.TrainedEditor}.
 *
 * <p>Attention re-steering is here as a whole, {@link dev.forgetmenot.kit.train.Resteering}:
 * whoever has prompts and images can do it.
 */
package dev.forgetmenot.kit.train;

/**
 * Editors that correct: a general word shows more than its dominant instance, one thing is drawn as
 * another, or without what it brings along. All of them give patches; what they share with the
 * forgetting ones is in editor-kit.
 *
 * <p>The way of each: general word → its instances, found in the model's own drawings ({@link
 * dev.forgetmenot.kit.auto.InstanceSearch}) → a change that moves the word's text embedding and
 * holds the instances' exactly ({@link dev.forgetmenot.plugin.correct.ConceptShift}), solved or
 * trained → images that say how often each instance shows now.
 */
package dev.forgetmenot.plugin.correct;

/** Ways to bring back what a patch made a model forget; docs/attacks.md says what each does. */
package dev.forgetmenot.plugin.evaluate.attack;

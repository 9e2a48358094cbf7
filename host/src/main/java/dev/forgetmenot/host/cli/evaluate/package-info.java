/** {@code fmn evaluate}: how well a model forgot. */
package dev.forgetmenot.host.cli.evaluate;

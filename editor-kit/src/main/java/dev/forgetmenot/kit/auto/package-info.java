/** Editors that try several methods on the loaded model and keep the best. */
package dev.forgetmenot.kit.auto;

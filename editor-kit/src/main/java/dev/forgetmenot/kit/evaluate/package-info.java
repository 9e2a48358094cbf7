/** Evaluation of an edit by images: what is still recognised, and how far the retain set moved. */
package dev.forgetmenot.kit.evaluate;

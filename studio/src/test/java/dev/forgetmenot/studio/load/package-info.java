/** How much slower a drawing is while many listen and ask; run by hand (docs/serving.md). */
package dev.forgetmenot.studio.load;

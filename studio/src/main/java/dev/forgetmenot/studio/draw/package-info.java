/** Drawing as a job, and the images that were drawn. */
package dev.forgetmenot.studio.draw;

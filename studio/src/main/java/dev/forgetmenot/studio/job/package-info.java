/**
 * Jobs: each is a folder that is written before it starts, they are done one after the other, and
 * what was not done when the program ended is done after the next start.
 */
package dev.forgetmenot.studio.job;

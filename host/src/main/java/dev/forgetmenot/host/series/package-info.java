/**
 * Concepts edited one after another: a patch and a report of each, and a table over all of them.
 */
package dev.forgetmenot.host.series;

/** What a base is, how near two bases are, and which parts of one are told apart. */
package dev.forgetmenot.editing.base;

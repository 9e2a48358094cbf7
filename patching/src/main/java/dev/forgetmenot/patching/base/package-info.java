/** What a base model is, how near two bases are, and how their components are told apart. */
package dev.forgetmenot.patching.base;

/** What a base model is, how near two bases are, and how their components are distinguished. */
package dev.forgetmenot.patching.base;

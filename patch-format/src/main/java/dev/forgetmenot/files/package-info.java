/** Files that are there as a whole or not at all, and the digest that names their bytes. */
package dev.forgetmenot.files;

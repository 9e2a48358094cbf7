/** What can be wrong with a patch, as a stable code with a page in docs/troubleshooting.md. */
package dev.forgetmenot.patch.error;

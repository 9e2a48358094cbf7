/**
 * The ZIP archive of a patch: entries that are stored, aligned and dated alike, each checked
 * against its headers and its checksum. Knows nothing of what the entries mean.
 */
package dev.forgetmenot.patch.archive;

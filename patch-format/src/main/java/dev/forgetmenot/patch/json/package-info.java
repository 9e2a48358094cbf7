/** JSON of strangers, read strictly: every member is known, has its type, and is there once. */
package dev.forgetmenot.patch.json;

/** Files that a stranger might send: archives crafted field by field, and damage to good bytes. */
package dev.forgetmenot.testkit.hostile;

/**
 * Plugins: jars that are checked, loaded parent-first, started, and asked for what they bring to
 * the extension points of host-api. A manager lives for one command and is not thread-safe.
 */
package dev.forgetmenot.host.plugin;

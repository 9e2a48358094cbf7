/**
 * YAML that users write: run files, lists of concepts. Read into values that know where they stand,
 * so that every refusal names file, line and key.
 */
package dev.forgetmenot.kit.yaml;

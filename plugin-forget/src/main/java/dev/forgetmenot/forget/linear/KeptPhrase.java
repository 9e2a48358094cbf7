package dev.forgetmenot.forget.linear;

import dev.forgetmenot.api.edit.Kind;
import dev.forgetmenot.editing.Subject;

/**
 * A phrase that should not move.
 *
 * @param kind decides the prompt that says it
 */
record KeptPhrase(Subject subject, Kind kind) {}

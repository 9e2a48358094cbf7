package dev.forgetmenot.forget.linear;

import dev.forgetmenot.patch.PatchEdit;

/** What a solved eraser hands back: the edit and what it does. */
record Outcome(PatchEdit edit, EditReport report) {}

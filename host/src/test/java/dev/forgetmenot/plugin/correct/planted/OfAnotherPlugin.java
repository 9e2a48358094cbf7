package dev.forgetmenot.plugin.correct.planted;

/** Planted for ArchitectureTest: what another plugin must not use. */
public final class OfAnotherPlugin {}

package dev.forgetmenot.plugin.patching.planted;

/** Planted for ArchitectureTest: what another plugin must not use. */
public final class OfThePatchPlugin {}

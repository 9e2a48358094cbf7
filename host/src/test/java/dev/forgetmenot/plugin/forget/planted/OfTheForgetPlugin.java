package dev.forgetmenot.plugin.forget.planted;

/** Planted for ArchitectureTest: what another plugin must not use. */
public final class OfTheForgetPlugin {}

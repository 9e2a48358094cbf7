package dev.forgetmenot.host.planted;

/** Planted for ArchitectureTest: a name that says nothing. */
final class PlantedManager {}

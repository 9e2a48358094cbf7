package dev.forgetmenot.host.planted;

/** Planted for ArchitectureTest: what is public and static is final. */
@SuppressWarnings("NonFinalStaticField") // that is what is planted
final class CanBeSet {
  public static int value;
}

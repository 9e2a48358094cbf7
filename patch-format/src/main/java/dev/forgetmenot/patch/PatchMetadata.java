package dev.forgetmenot.patch;

import java.util.List;
import java.util.Optional;

/**
 * What the author of a patch says beside what it changes.
 *
 * @param patchVersion SemVer of the patch itself
 * @param license SPDX identifier, or empty
 * @param authors may be empty
 * @param stacking what it says of other patches
 * @param gate how its strength follows the prompt
 * @param strength the strengths that it may be applied with
 */
public record PatchMetadata(
    String patchVersion,
    String license,
    List<String> authors,
    Manifest.Stacking stacking,
    Optional<PromptGate> gate,
    Manifest.Strength strength) {
  /** Around what an editor made and measured at 1. */
  public static final Manifest.Strength MADE = new Manifest.Strength(1, -2, 2);

  /** What a version of a patch looks like, as a regular expression. */
  public static final String SEMVER = "\\d{1,9}\\.\\d{1,9}\\.\\d{1,9}([-+][0-9A-Za-z.+-]{1,64})?";

  /** The first version, with nothing said. */
  public static final PatchMetadata DEFAULT =
      new PatchMetadata("1.0.0", "", List.of(), Manifest.Stacking.NONE, Optional.empty());

  /** Copies the list. */
  public PatchMetadata {
    authors = List.copyOf(authors);
  }

  /** With the strengths of what an editor made. */
  public PatchMetadata(
      String patchVersion,
      String license,
      List<String> authors,
      Manifest.Stacking stacking,
      Optional<PromptGate> gate) {
    this(patchVersion, license, authors, stacking, gate, MADE);
  }

  /** The same with other strengths. */
  public PatchMetadata strength(Manifest.Strength other) {
    return new PatchMetadata(patchVersion, license, authors, stacking, gate, other);
  }
}

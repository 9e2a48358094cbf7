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
 */
public record Publication(
    String patchVersion,
    String license,
    List<String> authors,
    Manifest.Stacking stacking,
    Optional<Gate> gate) {
  /** What a version of a patch looks like, as a regular expression. */
  public static final String SEMVER = "\\d{1,9}\\.\\d{1,9}\\.\\d{1,9}([-+][0-9A-Za-z.+-]{1,64})?";

  /** The first version, with nothing said. */
  public static final Publication DEFAULT =
      new Publication("1.0.0", "", List.of(), Manifest.Stacking.NONE, Optional.empty());

  /** Copies the list. */
  public Publication {
    authors = List.copyOf(authors);
  }
}

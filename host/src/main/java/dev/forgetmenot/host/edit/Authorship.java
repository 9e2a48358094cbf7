package dev.forgetmenot.host.edit;

import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.PatchMetadata;
import java.util.List;
import java.util.Optional;

/**
 * What people say of a patch that they make, beside what it changes.
 *
 * @param authors may be empty
 * @param license SPDX identifier, or empty
 * @param patchVersion SemVer of the patch itself
 * @param stacking what it says of other patches
 * @param reason why it was made
 * @param requestedBy who asked for it
 */
public record Authorship(
    List<String> authors,
    String license,
    String patchVersion,
    Manifest.Stacking stacking,
    Optional<String> reason,
    Optional<String> requestedBy) {
  /** Nothing is said. */
  public static final Authorship NONE =
      new Authorship(
          List.of(), "", "1.0.0", Manifest.Stacking.NONE, Optional.empty(), Optional.empty());

  /** Copies the list and checks the version. */
  public Authorship {
    authors = List.copyOf(authors);
    if (!patchVersion.matches(PatchMetadata.SEMVER)) {
      throw new IllegalArgumentException(
          "the version of a patch is like 1.0.0, not '" + patchVersion + "'");
    }
  }

  /** A draft that says it. */
  public PatchDraft of(PatchDraft draft) {
    PatchMetadata own = draft.publication();
    Manifest.Intent intent = draft.intent();
    return new PatchDraft(
        draft.name(),
        draft.description(),
        new Manifest.Intent(intent.operation(), intent.concepts(), reason, requestedBy),
        draft.edits(),
        draft.recipe(),
        draft.evidence(),
        draft.docs(),
        new PatchMetadata(patchVersion, license, authors, stacking, own.gate(), own.strength()));
  }
}

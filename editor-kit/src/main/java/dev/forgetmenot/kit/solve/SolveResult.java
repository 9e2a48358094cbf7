package dev.forgetmenot.kit.solve;

import dev.forgetmenot.patch.edit.PatchEdit;
import java.util.List;
import java.util.Optional;

/**
 * What a solved editor hands back.
 *
 * @param edit what the patch holds
 * @param report what it does
 * @param guides what each concept of the job becomes, in words, in their order, as the manifest
 *     says it; none where it says nothing
 */
public record SolveResult(PatchEdit edit, SolveReport report, List<String> guides) {
  /** Copies the list. */
  public SolveResult {
    guides = List.copyOf(guides);
  }

  /** Whose manifest says nothing of guides. */
  public SolveResult(PatchEdit edit, SolveReport report) {
    this(edit, report, List.of());
  }

  /** The guide of a concept by its place in the job. */
  Optional<String> guide(int concept) {
    return guides.isEmpty() ? Optional.empty() : Optional.of(guides.get(concept));
  }
}

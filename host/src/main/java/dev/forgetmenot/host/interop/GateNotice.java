package dev.forgetmenot.host.interop;

import dev.forgetmenot.patch.PatchFile;
import java.util.Optional;

/** What is lost of a patch that follows the prompt when it becomes plain weights. */
final class GateNotice {
  private GateNotice() {}

  /** A line for people, if the patch has a gate. */
  static Optional<String> of(PatchFile patch) {
    return patch
        .manifest()
        .gate()
        .map(
            gate ->
                patch.manifest().name()
                    + " follows the prompt by a gate; weights know no prompt: it acts at its full"
                    + " strength on all of them");
  }
}

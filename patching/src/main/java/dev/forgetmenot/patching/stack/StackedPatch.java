package dev.forgetmenot.patching.stack;

import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchFile;
import java.util.List;

/**
 * One open patch of a stack.
 *
 * @param request how the user asked for it
 * @param file closed by who opened it
 */
public record StackedPatch(PatchRequest request, PatchFile file) {
  /** 1 as made, 0 not at all. */
  public double strength() {
    return request.strength();
  }

  /** The file, for messages. */
  public String where() {
    return file.path().toString();
  }

  /**
   * What an edit of it adds to any base at its strength, as text: the patch, the edit, how much.
   */
  String fingerprint(Manifest.Edit edit) {
    return String.join(
        " ", file.id(), edit.id(), Double.toHexString(strength()), request.allowed().toString());
  }

  /** Its name and version, for people. */
  public String name() {
    return file.manifest().name() + "@" + file.manifest().patchVersion();
  }

  /** Its edits, in the order of its manifest. */
  public List<Manifest.Edit> edits() {
    return file.manifest().edits();
  }
}

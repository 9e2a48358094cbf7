package dev.forgetmenot.patching;

import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchFile;
import java.util.List;

/**
 * One open patch of a stack.
 *
 * @param request how the user asked for it
 * @param file closed by the stack
 */
record PatchLayer(PatchRequest request, PatchFile file) {
  double strength() {
    return request.strength();
  }

  String where() {
    return file.path().toString();
  }

  List<Manifest.Edit> edits() {
    return file.manifest().edits();
  }
}

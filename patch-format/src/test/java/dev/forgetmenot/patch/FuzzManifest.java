package dev.forgetmenot.patch;

import dev.forgetmenot.patch.edit.DeclaredTensor;
import dev.forgetmenot.patch.error.PatchFormatException;
import java.util.ArrayList;
import java.util.List;

/** A manifest; what is accepted is written as a manifest that says the same. */
public final class FuzzManifest {
  private FuzzManifest() {}

  /** One run. */
  public static void fuzzerTestOneInput(byte[] data) {
    try {
      List<String> ignored = new ArrayList<>();
      Manifest manifest = ManifestReader.read("x", data, ignored::add);
      if (!ignored.isEmpty() && manifest.version().minor() <= Manifest.CURRENT.minor()) {
        throw new AssertionError("passed over " + ignored + " in a version that is known");
      }
      for (Manifest.Edit edit : manifest.edits()) {
        DeclaredTensor.of(edit.content());
      }
      Manifest again = ManifestReader.read("x", ManifestWriter.bytes(manifest));
      if (!again.equals(manifest)) {
        throw new AssertionError("another manifest: " + again);
      }
    } catch (PatchFormatException e) {
      // refused
    }
  }
}

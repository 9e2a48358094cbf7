package dev.forgetmenot.host.job;

import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** How patches are named in the infotext of images: {@code name@version:strength}. */
public final class PatchLabels {
  private PatchLabels() {}

  /**
   * The labels of patches, in order.
   *
   * @throws IOException if a file is missing or is no patch
   */
  public static List<String> of(List<PatchRequest> patches) throws IOException {
    List<String> labels = new ArrayList<>();
    for (PatchRequest request : patches) {
      try (PatchFile patch = PatchFile.open(request.file())) {
        Manifest manifest = patch.manifest();
        labels.add(
            manifest.name()
                + "@"
                + manifest.patchVersion()
                + ":"
                + ImageFolder.plain(request.strength()));
      }
    }
    return labels;
  }
}

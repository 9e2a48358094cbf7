package dev.forgetmenot.host.job;

import dev.forgetmenot.api.model.PatchRequest;
import java.util.List;

/** How patches are named in the infotext of pictures: {@code name@version:strength}. */
public final class PatchLabels {
  private PatchLabels() {}

  /** The labels of patches, in order. */
  public static List<String> of(List<PatchRequest> patches) {
    return patches.stream()
        .map(patch -> patch.file().getFileName() + ":" + PictureFiles.plain(patch.strength()))
        .toList();
  }
}

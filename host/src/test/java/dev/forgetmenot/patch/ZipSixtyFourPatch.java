package dev.forgetmenot.patch;

import java.io.IOException;
import java.nio.file.Path;

/** Writes a small patch as one of more than 2 GiB is written: zip64, format 1.3. */
public final class ZipSixtyFourPatch {
  private ZipSixtyFourPatch() {}

  /** As {@link PatchWriter#write}, with the limit of other archives lowered to nothing. */
  public static void write(
      Path file, PatchDraft draft, Manifest.Base base, String architecture, String created)
      throws IOException {
    PatchWriter.write(file, draft, base, architecture, created, 0);
  }
}

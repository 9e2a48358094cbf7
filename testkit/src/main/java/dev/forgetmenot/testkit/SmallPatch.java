package dev.forgetmenot.testkit;

import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.PatchWriter;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patch.edit.LowRankEdit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A patch of one small tensor, of no model that there is. */
public final class SmallPatch {
  private SmallPatch() {}

  /**
   * Writes one.
   *
   * @param value makes it another than others of its name
   */
  public static Path write(Path path, String name, float value) throws IOException {
    return write(path, draft(name, value));
  }

  /** Writes a draft, as one that was made on a base called {@code base}. */
  public static Path write(Path path, PatchDraft draft) throws IOException {
    Manifest.Base base =
        new Manifest.Base(
            Map.of("unet", new Manifest.Component("a".repeat(64), "b".repeat(64), 1, Map.of())),
            Optional.empty(),
            Optional.empty(),
            "base",
            "same-values");
    PatchWriter.write(path, draft, base, "other", "2026-01-01T00:00:00Z");
    return path;
  }

  /** What {@link #write(Path, String, float)} writes. */
  public static PatchDraft draft(String name, float value) {
    return new PatchDraft(
        name,
        "A test.",
        new Manifest.Intent("forget", List.of()),
        List.of(
            new LowRankEdit(
                Map.of(
                    "unet/a.weight",
                    new LowRank(
                        new long[] {1, 2}, 1, 2, new float[] {3, 4}, new float[] {value})))),
        new Manifest.Recipe("test", Map.of(), 1, 0, "test", "1", List.of()),
        List.of(),
        Map.of());
  }
}

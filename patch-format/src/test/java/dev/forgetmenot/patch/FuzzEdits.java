package dev.forgetmenot.patch;

import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.testkit.hostile.CraftedZip;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tensors of one edit, in an archive and under digests that are right: the first byte says of
 * which kind, the others are the entry.
 */
public final class FuzzEdits {
  private static final Path FILE = FuzzArchive.temporary();
  private static final List<PatchEdit> EDITS =
      List.of(
          SampleEdits.lowRank(),
          SampleEdits.projector(),
          SampleEdits.closedForm(8, 1, 3),
          SampleEdits.tokens(),
          SampleEdits.halfDelta(),
          rows());

  private FuzzEdits() {}

  private static RowsEdit rows() {
    String target = "unet/conv_in.weight";
    return new RowsEdit(Map.of(target, SampleEdits.rowsEdit().rows().get(target)));
  }

  /** Inputs to begin with: one good edit of each kind. */
  static List<byte[]> seeds() throws IOException {
    List<byte[]> seeds = new java.util.ArrayList<>();
    for (int kind = 0; kind < EDITS.size(); kind++) {
      Manifest.Entry entry = good(kind);
      try (PatchFile patch = PatchFile.open(FILE)) {
        byte[] tensors = patch.content(entry.path());
        byte[] seed = new byte[1 + tensors.length];
        seed[0] = (byte) kind;
        System.arraycopy(tensors, 0, seed, 1, tensors.length);
        seeds.add(seed);
      }
    }
    return seeds;
  }

  private static Manifest.Entry good(int kind) throws IOException {
    PatchEdit edit = EDITS.get(kind);
    int touched =
        edit.changed().size() == 2 && edit.boundByTextEncoder() ? 32 : edit.changed().size();
    return PatchWriter.write(
            FILE,
            SampleEdits.draft(edit),
            SampleEdits.base(touched),
            "stable-diffusion-v1",
            SampleEdits.CREATED)
        .entries()
        .get(0);
  }

  /** One run. */
  public static void fuzzerTestOneInput(byte[] data) throws IOException {
    if (data.length == 0) {
      return;
    }
    byte[] tensors = Arrays.copyOfRange(data, 1, data.length);
    Manifest.Entry entry = good(Math.floorMod(data[0], EDITS.size()));
    Map<String, byte[]> files = new LinkedHashMap<>();
    try (PatchFile patch = PatchFile.open(FILE)) {
      String json = new String(patch.content("manifest.json"), StandardCharsets.UTF_8);
      json =
          json.replace("\"size\": " + entry.size(), "\"size\": " + tensors.length)
              .replace(entry.sha256(), Sha256.hex(tensors));
      files.put("mimetype", patch.content("mimetype"));
      files.put("manifest.json", json.getBytes(StandardCharsets.UTF_8));
      files.put(entry.path(), tensors);
    }
    Files.write(FILE, CraftedZip.of(files).bytes());
    try (PatchFile patch = PatchFile.open(FILE)) {
      for (Manifest.Edit edit : patch.manifest().edits()) {
        patch.edit(edit);
      }
    } catch (PatchFormatException e) {
      if (e.error().code().compareTo("FMN-3") < 0) {
        throw new AssertionError("the archive should be right", e);
      }
    }
  }
}

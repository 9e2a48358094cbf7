package dev.forgetmenot.patch;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.patch.edit.PatchEdit;
import dev.forgetmenot.patch.edit.RowsEdit;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.testkit.hostile.CraftedZip;
import dev.forgetmenot.testkit.hostile.MemoryFile;
import dev.forgetmenot.testkit.hostile.RandomDamage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The tensors of one edit, in an archive and under digests that are right: the first byte says of
 * which kind, the others are the entry.
 */
public class EditTensorsFuzzTest {
  private static final Path FILE = MemoryFile.temporary();
  private static final List<Good> GOOD =
      Stream.of(
              SampleEdits.lowRank(),
              SampleEdits.projector(),
              SampleEdits.closedForm(8, 1, 3),
              SampleEdits.tokens(),
              SampleEdits.halfDelta(),
              rows())
          .map(Good::of)
          .toList();

  private static RowsEdit rows() {
    String target = "unet/conv_in.weight";
    return new RowsEdit(Map.of(target, SampleEdits.rowsEdit().rows().get(target)));
  }

  /** A good patch, taken apart. */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared or used as a key
  private record Good(String json, String entry, byte[] tensors) {
    static Good of(PatchEdit edit) {
      int changed = edit.changed().size();
      int touched = edit.boundByTextEncoder() && changed == 2 ? 32 : changed;
      try {
        PatchWriter.write(
            FILE,
            SampleEdits.draft(edit),
            SampleEdits.base(touched),
            "stable-diffusion-v1",
            SampleEdits.CREATED);
        try (PatchFile patch = PatchFile.open(FILE)) {
          String entry = patch.manifest().entries().get(0).path();
          return new Good(
              new String(patch.content("manifest.json"), StandardCharsets.UTF_8),
              entry,
              patch.content(entry));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  static List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    for (Good good : GOOD) {
      byte[] seed = new byte[1 + good.tensors().length];
      seed[0] = (byte) seeds.size();
      System.arraycopy(good.tensors(), 0, seed, 1, good.tensors().length);
      seeds.add(seed);
    }
    return seeds;
  }

  /** The tensors of a good edit of each kind. */
  public static List<byte[]> tensors() {
    return GOOD.stream().map(Good::tensors).toList();
  }

  @MethodSource("seeds")
  @FuzzTest
  void read(byte[] data) throws IOException {
    if (data.length == 0) {
      return;
    }
    byte[] tensors = Arrays.copyOfRange(data, 1, data.length);
    Good good = GOOD.get(Math.floorMod(data[0], GOOD.size()));
    String json =
        good.json()
            .replace("\"size\": " + good.tensors().length, "\"size\": " + tensors.length)
            .replace(Sha256.hex(good.tensors()), Sha256.hex(tensors));
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("mimetype", PatchFile.MIMETYPE.getBytes(StandardCharsets.UTF_8));
    files.put("manifest.json", json.getBytes(StandardCharsets.UTF_8));
    files.put(good.entry(), tensors);
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

  @Test
  void randomDamage() throws IOException {
    RandomDamage.readBy(this::read, seeds());
  }
}

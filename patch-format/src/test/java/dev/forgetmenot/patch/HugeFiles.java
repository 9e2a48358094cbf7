package dev.forgetmenot.patch;

import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.patch.edit.Delta;
import dev.forgetmenot.patch.edit.DeltaEdit;
import dev.forgetmenot.testkit.hostile.CraftedZip;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/** Patches with one entry of hundreds of megabytes, all zeros, in files that take no space. */
final class HugeFiles {
  private static final String ENTRY = "tensors/delta.safetensors";

  private HugeFiles() {}

  /** The digests of a beginning and of zeros behind it. */
  private record Sums(long crc, String sha256) {
    static Sums of(byte[] start, long zeros) {
      CRC32 crc = new CRC32();
      MessageDigest sha = Sha256.digest();
      crc.update(start);
      sha.update(start);
      byte[] block = new byte[1 << 20];
      for (long left = zeros; left > 0; left -= block.length) {
        int count = (int) Math.min(left, block.length);
        crc.update(block, 0, count);
        sha.update(block, 0, count);
      }
      return new Sums(crc.getValue(), HexFormat.of().formatHex(sha.digest()));
    }
  }

  /** A good patch of one square delta of zeros. */
  static void patch(Path file, int side) throws IOException {
    long zeros = 4L * side * side;
    String header =
        String.format(
            "{\"unet/a.delta\":{\"dtype\":\"F32\",\"shape\":[%d,%d],\"data_offsets\":[0,%d]}}",
            side, side, zeros);
    ByteBuffer start =
        ByteBuffer.allocate(8 + header.length())
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(header.length())
            .put(header.getBytes(StandardCharsets.US_ASCII));
    Sums sums = Sums.of(start.array(), zeros);
    Map<String, byte[]> files = small(file.resolveSibling("small.fmnpatch"));
    byte[] tensors = files.get(ENTRY);
    String json =
        new String(files.get("manifest.json"), StandardCharsets.UTF_8)
            .replaceAll(
                "\"shape\": \\[\\s*1,\\s*1\\s*\\]", "\"shape\": [" + side + "," + side + "]")
            .replace("\"size\": " + tensors.length, "\"size\": " + (start.capacity() + zeros))
            .replace(Sha256.hex(tensors), sums.sha256());
    files.put("manifest.json", json.getBytes(StandardCharsets.UTF_8));
    files.put(ENTRY, start.array());
    write(file, CraftedZip.of(files), ENTRY, zeros, sums.crc());
  }

  /** A good patch but for one entry that is too large. */
  static void entry(Path file, String entry, long zeros) throws IOException {
    Map<String, byte[]> files = small(file.resolveSibling("small.fmnpatch"));
    CraftedZip zip = CraftedZip.of(files);
    if (!files.containsKey(entry)) {
      zip.add(entry, new byte[1]);
      Collections.swap(zip.entries, 2, 3); // before the tensors
    }
    write(file, zip, entry, zeros, Sums.of(zip.get(entry).data, zeros).crc());
  }

  private static Map<String, byte[]> small(Path file) throws IOException {
    PatchDraft draft =
        SampleEdits.draft(
            new DeltaEdit(Map.of("unet/a", new Delta(new long[] {1, 1}, new float[] {1}))));
    PatchWriter.write(file, draft, SampleEdits.base(1), "stable-diffusion-v1", SampleEdits.CREATED);
    Map<String, byte[]> files = new LinkedHashMap<>();
    try (PatchFile patch = PatchFile.open(file)) {
      for (String name : List.of("mimetype", "manifest.json", ENTRY)) {
        files.put(name, patch.content(name));
      }
    }
    return files;
  }

  /** An entry goes on with zeros, which are a hole in the file. */
  private static void write(Path file, CraftedZip zip, String entry, long zeros, long crc)
      throws IOException {
    CraftedZip.Entry large = zip.get(entry);
    large.both(
        h -> {
          h.size += zeros;
          h.packed += zeros;
          h.crc = crc;
        });
    CraftedZip before = new CraftedZip();
    before.entries.addAll(zip.entries.subList(0, zip.entries.indexOf(large) + 1));
    byte[] start = before.bytes();
    int hole = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getInt(start.length - 6);
    zip.entries.stream().skip(before.entries.size()).forEach(behind -> behind.offsetShift = zeros);
    zip.centralAtShift = zeros;
    byte[] all = zip.bytes();
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.write(all, 0, hole);
      out.seek(hole + zeros);
      out.write(Arrays.copyOfRange(all, hole, all.length));
    }
  }
}

package dev.forgetmenot.patch;

import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.files.Sha256;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes a draft as a patch. The same draft, base and time give the same bytes on any machine, time
 * zone and locale.
 */
public final class PatchWriter {
  private static final String SAFETENSORS = "application/vnd.safetensors";

  /** Most bytes of tensors in a patch; the rest of 2 GiB is for names, manifest and documents. */
  public static final long CAPACITY = PatchArchive.FILE_LIMIT - (16 << 20);

  private PatchWriter() {}

  /**
   * Writes a patch beside its place and moves it there.
   *
   * @param target the file; an older one is replaced
   * @param draft what an editor made; at least one edit
   * @param base what it was made on; its components hold the roots of every target
   * @param architecture as in {@link Manifest#architecture}
   * @param created UTC, ISO 8601 to the second
   * @return the manifest that was written
   * @throws IOException if the file cannot be written; an older one is then as it was
   */
  public static Manifest write(
      Path target, PatchDraft draft, Manifest.Base base, String architecture, String created)
      throws IOException {
    checkSize(target, draft);
    Map<String, byte[]> files = new TreeMap<>(draft.docs());
    List<Manifest.Edit> edits = new ArrayList<>();
    for (EditEntries.Part part : EditEntries.of(draft)) {
      edits.add(part.edit());
      files.put(part.edit().entry(), part.tensors());
    }
    Manifest manifest =
        lowest(
            new Manifest(
                Manifest.CURRENT,
                List.of(),
                draft.name(),
                draft.publication().patchVersion(),
                draft.description(),
                draft.publication().license(),
                created,
                draft.publication().authors(),
                draft.intent(),
                architecture,
                base,
                edits,
                draft.publication().stacking(),
                draft.publication().gate(),
                draft.recipe(),
                draft.evidence(),
                files.entrySet().stream().map(e -> entry(e.getKey(), e.getValue())).toList()));
    byte[] json = ManifestWriter.bytes(manifest);
    ManifestReader.read(target.toString(), json); // nothing is written that would be refused
    AtomicFile.write(target, channel -> archive(channel, json, files));
    return manifest;
  }

  private static Manifest lowest(Manifest m) {
    return m.version(new Manifest.Version(m.version().major(), MinorVersion.of(m)));
  }

  /** A patch is one file of less than 2 GiB, and is put together in memory. */
  private static void checkSize(Path target, PatchDraft draft) throws PatchFormatException {
    long bytes = 0;
    for (PatchEdit edit : draft.edits()) {
      if (edit instanceof DeltaEdit delta) {
        bytes += delta.deltas().values().stream().mapToLong(PatchWriter::bytes).sum();
      } else if (edit instanceof RowsEdit rows) {
        bytes += rows.rows().values().stream().mapToLong(r -> bytes(r.rows().values())).sum();
      } else if (edit instanceof LowRankEdit lowRank) {
        bytes +=
            lowRank.factors().values().stream()
                .mapToLong(f -> bytes(f.down()) + bytes(f.up()))
                .sum();
      }
    }
    if (bytes > CAPACITY) {
      throw new PatchFormatException(
          PatchError.SIZE_LIMIT,
          target.toString(),
          "the changes need "
              + bytes
              + " bytes and a patch holds "
              + CAPACITY
              + "; change fewer tensors, such as those of cross attention alone");
    }
  }

  private static long bytes(Delta delta) {
    return bytes(delta.values()) / (delta.half() ? 2 : 1);
  }

  private static long bytes(float[] values) {
    return (long) values.length * Float.BYTES;
  }

  private static Manifest.Entry entry(String path, byte[] bytes) {
    String type =
        path.endsWith(".safetensors")
            ? SAFETENSORS
            : path.endsWith(".png") ? "image/png" : "text/markdown";
    String sha256 = Sha256.hex(bytes);
    return new Manifest.Entry(path, bytes.length, sha256, type);
  }

  static void archive(SeekableByteChannel channel, byte[] json, Map<String, byte[]> files)
      throws IOException {
    Map<String, byte[]> all = new LinkedHashMap<>();
    all.put("mimetype", PatchFile.MIMETYPE.getBytes(StandardCharsets.UTF_8));
    all.put(PatchFile.MANIFEST, json);
    all.putAll(files);
    ArchiveWriter archive = new ArchiveWriter(channel);
    for (Map.Entry<String, byte[]> file : all.entrySet()) {
      archive.add(file.getKey(), file.getValue());
    }
    archive.finish();
  }
}

package dev.forgetmenot.patch;

import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.patch.archive.ArchiveWriter;
import dev.forgetmenot.patch.archive.NewEntry;
import dev.forgetmenot.patch.archive.PatchArchive;
import dev.forgetmenot.patch.edit.EditPart;
import dev.forgetmenot.patch.edit.PatchEdit;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes a draft as a patch. The same draft, base and time give the same bytes on any machine, time
 * zone and locale. Values that a draft computes are asked for twice, tensor by tensor, and never
 * kept: first for the digests that the manifest and the archive's headers hold, then for the file.
 */
public final class PatchWriter {
  private static final String SAFETENSORS = "application/vnd.safetensors";

  /** Most bytes of tensors in a patch; the rest of 16 GiB is for names, manifest and documents. */
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
    return write(target, draft, base, architecture, created, Manifest.PLAIN_CAPACITY);
  }

  /**
   * The same.
   *
   * @param plain most bytes of files of a patch that is not zip64
   */
  static Manifest write(
      Path target,
      PatchDraft draft,
      Manifest.Base base,
      String architecture,
      String created,
      long plain)
      throws IOException {
    checkSize(target, draft);
    Map<String, NewEntry> files = new TreeMap<>();
    for (Map.Entry<String, byte[]> doc : draft.docs().entrySet()) {
      files.put(doc.getKey(), NewEntry.of(doc.getKey(), doc.getValue()));
    }
    List<Manifest.Edit> edits = new ArrayList<>();
    for (EditEntries.Entry entry : EditEntries.of(draft.edits())) {
      EditPart stored = entry.edit();
      files.put(entry.path(), NewEntry.of(entry.path(), stored.tensors()::writeTo));
      edits.add(
          new Manifest.Edit(
              entry.id(),
              stored.component(),
              entry.path(),
              draft.publication().strength(),
              stored.descriptor().get()));
    }
    Manifest said =
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
            List.of(),
            files.values().stream().map(PatchWriter::entry).toList());
    Manifest manifest = said.lowest(Manifest.CURRENT.major(), plain);
    byte[] json = ManifestWriter.bytes(manifest);
    ManifestReader.read(target.toString(), json); // nothing is written that would be refused
    AtomicFile.write(
        target, channel -> archive(channel, manifest.large(plain), json, files.values()));
    return manifest;
  }

  /** A patch is one file of less than 16 GiB. */
  private static void checkSize(Path target, PatchDraft draft) throws PatchFormatException {
    long bytes = draft.edits().stream().mapToLong(PatchEdit::bytes).sum();
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

  static Manifest.Entry entry(NewEntry file) {
    String path = file.path();
    String type =
        path.endsWith(".safetensors")
            ? SAFETENSORS
            : path.endsWith(".png") ? "image/png" : "text/markdown";
    return new Manifest.Entry(path, file.size(), file.sha256(), type);
  }

  static void archive(
      SeekableByteChannel channel, boolean large, byte[] json, Collection<NewEntry> files)
      throws IOException {
    ArchiveWriter archive = new ArchiveWriter(channel, large);
    archive.add("mimetype", PatchFile.MIMETYPE.getBytes(StandardCharsets.UTF_8));
    archive.add(PatchFile.MANIFEST, json);
    for (NewEntry file : files) {
      archive.add(file);
    }
    archive.finish();
  }
}

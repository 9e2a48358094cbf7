package dev.forgetmenot.patch;

import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.patch.archive.ArchiveWriter;
import dev.forgetmenot.patch.archive.PatchArchive;
import dev.forgetmenot.patch.archive.StrictZipReader;
import dev.forgetmenot.patch.edit.EditDescriptor;
import dev.forgetmenot.patch.edit.EditTensors;
import dev.forgetmenot.patch.edit.PatchEdit;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patch.json.MinorVersion;
import dev.forgetmenot.patch.json.StrictJson;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An open patch whose archive, manifest, digests and tensors have been checked: after {@link #open}
 * nothing is wrong with the file itself; whether it fits a base is another question. What is read
 * from it later is compared with what was checked: a file that is changed meanwhile is refused.
 * Nothing of it is mapped into memory, so it can be replaced once it is closed. Closed by who
 * opened it; may be read by several threads.
 */
public final class PatchFile implements AutoCloseable {
  static final String MIMETYPE = "application/vnd.fmnpatch+zip";
  static final String MANIFEST = "manifest.json";

  private final Path path;
  private final FileChannel channel;
  private final PatchArchive archive;
  private final Manifest manifest;
  private final byte[] json;
  private final String id;
  private final List<PatchSignature> signatures;
  private final Map<String, Manifest.Entry> listed = new LinkedHashMap<>();
  private final Map<String, EditTensors> tensorsOfEdit = new LinkedHashMap<>();
  private final List<String> warnings = new ArrayList<>();

  private PatchFile(Path path, FileChannel channel, boolean whole) throws IOException {
    this.path = path;
    this.channel = channel;
    archive = new PatchArchive(path, channel);
    checkStart();
    json = archive.content(MANIFEST, StrictJson.BYTES);
    id = Sha256.hex(json);
    manifest = ManifestReader.read(path.toString(), json, warnings::add);
    if (archive.zip64() && manifest.version().minor() < MinorVersion.WITH_ZIP64) {
      throw archive.refuse(
          PatchError.ZIP64,
          "is zip64, which patches are from version 1." + MinorVersion.WITH_ZIP64 + " on");
    }
    for (Manifest.Entry entry : manifest.entries()) {
      listed.put(entry.path(), entry);
    }
    signatures = whole ? SignatureEntries.read(archive, json) : List.of();
    if (whole) {
      checkEntries();
    }
    archive.checkUnchanged();
  }

  /**
   * Opens and checks a patch. Each byte of its tensors is read once.
   *
   * @throws PatchFormatException if anything about it is wrong
   */
  public static PatchFile open(Path path) throws IOException {
    return open(path, true);
  }

  /**
   * What a patch says of itself.
   *
   * @param id the patch id, see {@link PatchFile#id}
   */
  public record Header(String id, Manifest manifest) {}

  /**
   * Reads the manifest alone, to list patches or to find one: signatures and tensors are not looked
   * at, so nothing that it says is known to be true before {@link #open}.
   *
   * @throws PatchFormatException if archive or manifest are wrong
   */
  public static Header header(Path path) throws IOException {
    try (PatchFile patch = open(path, false)) {
      return new Header(patch.id, patch.manifest);
    }
  }

  private static PatchFile open(Path path, boolean whole) throws IOException {
    if (!Files.isRegularFile(path)) {
      throw new PatchFormatException(
          PatchError.NOT_A_ZIP, path.toString(), "there is no such file; check the path");
    }
    PatchOpening event = new PatchOpening(path, whole);
    event.begin();
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    try {
      return new PatchFile(path, channel, whole);
    } catch (IOException | Error e) {
      channel.close();
      throw e;
    } catch (RuntimeException e) {
      // Commons Compress answers some malformed archives with runtime exceptions.
      channel.close();
      throw new PatchFormatException(PatchError.NOT_A_ZIP, path.toString(), "is malformed: " + e);
    } finally {
      event.commit();
    }
  }

  /** Where it was read from. */
  public Path path() {
    return path;
  }

  /** Bytes of the file. */
  public long size() {
    return archive.size();
  }

  /** The patch id: SHA-256 of the manifest's exact bytes, hex. */
  public String id() {
    return id;
  }

  /**
   * The signatures in the file, by key id. Each is right: made by its own key over this manifest;
   * whether that key is anyone's is another question.
   */
  public List<PatchSignature> signatures() {
    return signatures;
  }

  /** The exact bytes of the manifest that was checked: what is signed. */
  public byte[] manifestBytes() {
    return json.clone();
  }

  PatchArchive archive() {
    return archive;
  }

  /** What it says of itself. */
  public Manifest manifest() {
    return manifest;
  }

  /**
   * What was ignored because the patch is of a newer minor version than this library, one sentence
   * each; empty for all others.
   */
  public List<String> warnings() {
    return List.copyOf(warnings);
  }

  /**
   * One edit as its editor handed it over. Deltas are read each time they are asked for, while this
   * file is open; all else is read here in full.
   *
   * @param edit of this patch's manifest
   * @throws PatchFormatException if the file has changed since it was opened
   */
  public PatchEdit edit(Manifest.Edit edit) throws IOException {
    return edit.content().edit(tensors(edit));
  }

  /**
   * The tensors of one edit, from which its description reads single ones, see {@link
   * EditDescriptor.OfTensors#added}.
   *
   * @param edit of this patch's manifest
   * @throws PatchFormatException if the file has changed since it was opened
   */
  public EditTensors tensors(Manifest.Edit edit) throws IOException {
    archive.checkUnchanged();
    return tensorsOfEdit.get(edit.id());
  }

  /**
   * The content of an entry, such as {@code docs/readme.md}.
   *
   * @throws PatchFormatException if the file has changed since it was opened
   */
  public byte[] content(String entry) throws IOException {
    if (entry.equals(MANIFEST)) {
      return manifestBytes();
    }
    byte[] content = archive.content(entry, Long.MAX_VALUE);
    checkSame(entry, Sha256.hex(content));
    return content;
  }

  /** Writes an entry as it was checked to another archive. */
  void copy(String entry, ArchiveWriter to) throws IOException {
    if (entry.equals(MANIFEST)) {
      to.add(MANIFEST, json);
    } else {
      checkSame(entry, archive.copy(entry, to));
    }
  }

  /** Writes the entries of another archive. */
  interface Entries {
    void writeTo(ArchiveWriter writer) throws IOException;
  }

  /**
   * Writes another archive with entries of this one. This file is closed before the new one is
   * moved into place: some systems replace no file that is open.
   *
   * @param target may be this file
   * @param large whether it is zip64
   */
  void rewrite(Path target, boolean large, Entries entries) throws IOException {
    AtomicFile.write(
        target,
        out -> {
          ArchiveWriter writer = new ArchiveWriter(out, large);
          entries.writeTo(writer);
          writer.finish();
          channel.close();
        });
  }

  private void checkSame(String entry, String sha256) throws PatchFormatException {
    if (listed.containsKey(entry) && !listed.get(entry).sha256().equals(sha256)) {
      throw archive.refuse(
          PatchError.CHANGED_WHILE_READING,
          entry + " was changed since the file was opened; open it again");
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** mimetype first, so that a program that knows nothing of ZIP can tell the file by its bytes. */
  private void checkStart() throws IOException {
    List<String> names = archive.names();
    if (names.size() < 2
        || !names.get(0).equals("mimetype")
        || !names.get(1).equals(MANIFEST)
        || !new String(archive.content("mimetype", 64), StandardCharsets.UTF_8).equals(MIMETYPE)) {
      throw archive.refuse(
          PatchError.MIMETYPE, "does not begin with the mimetype of a patch and manifest.json");
    }
  }

  private void checkEntries() throws IOException {
    Map<String, Manifest.Edit> edits = new HashMap<>();
    manifest.edits().forEach(edit -> edits.put(edit.entry(), edit));
    for (Manifest.Entry entry : listed.values()) {
      StrictZipReader.Region region = archive.region(entry.path());
      String sha256 = region.size() == entry.size() ? digest(entry, edits) : "";
      if (!sha256.equals(entry.sha256())) {
        throw archive.refuse(
            PatchError.DIGEST, entry.path() + " is not what the manifest says; get the file again");
      }
    }
    for (String name : archive.names()) {
      boolean free =
          name.equals("mimetype") || name.equals(MANIFEST) || SignatureEntries.isOne(name);
      if (!free && !listed.containsKey(name)) {
        throw archive.refuse(
            PatchError.UNLISTED, "holds " + name + ", which the manifest does not list");
      }
    }
    for (EditTensors tensors : tensorsOfEdit.values()) {
      tensors.check();
    }
    for (PatchPreview preview : manifest.previews()) {
      PatchPreview.check(path + ": " + preview.entry(), content(preview.entry()));
    }
  }

  /** Reads an entry once; the tensors of an edit are looked at on the way. */
  private String digest(Manifest.Entry entry, Map<String, Manifest.Edit> edits) throws IOException {
    Manifest.Edit edit = edits.get(entry.path());
    if (edit == null) {
      return archive.digest(entry.path());
    }
    EditTensors tensors = new EditTensors(archive, entry.path(), edit.content());
    tensorsOfEdit.put(edit.id(), tensors);
    return tensors.scan();
  }
}

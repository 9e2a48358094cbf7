package dev.forgetmenot.patch;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.patch.archive.NewEntry;
import dev.forgetmenot.patch.archive.StrictZipReader;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Writes a patch anew with another manifest. All other entries stay byte for byte; the id is
 * another one, so signatures do not go along, and the new patch takes the place of the old one.
 */
public final class ManifestRewriter {
  private ManifestRewriter() {}

  /**
   * Gives a patch a gate, or takes it away.
   *
   * @param source the patch
   * @param gate empty for none
   * @param target the file to write; an older one is replaced, also the source itself
   * @return what was written
   * @throws PatchFormatException if the source is no patch, or of a newer version of the format, of
   *     which something would be lost
   * @throws IOException if it cannot be written; an older file is then as it was
   */
  public static Manifest gated(Path source, Optional<PromptGate> gate, Path target)
      throws IOException {
    return revised(
        source,
        target,
        List.of(),
        (old, id, images) ->
            old.with(superseding(old, id), gate, old.evidence(), old.previews(), old.entries()));
  }

  /**
   * Gives a patch more images of what it does.
   *
   * @param source the patch
   * @param images at least one
   * @param target the file to write; an older one is replaced, also the source itself
   * @return what was written
   * @throws PatchFormatException as for {@link #gated}; FMN-118 if an image is none that a patch
   *     holds, FMN-111 and FMN-206 if there are too many
   * @throws IOException if it cannot be written; an older file is then as it was
   */
  public static Manifest previewed(Path source, List<PatchPreview.Image> images, Path target)
      throws IOException {
    return revised(
        source,
        target,
        images,
        (old, id, added) ->
            old.with(
                superseding(old, id),
                old.gate(),
                old.evidence(),
                added.previews(old),
                added.entries(old)));
  }

  /**
   * Gives a patch that has just been made what was measured with it. It supersedes nothing: the
   * older one was never given to anyone.
   *
   * @param source the patch
   * @param evidence in the place of what it has
   * @param images of what it does, beside those that it has; may be empty
   * @param target the file to write; an older one is replaced, also the source itself
   * @return what was written
   * @throws PatchFormatException as for {@link #previewed}
   * @throws IOException if it cannot be written; an older file is then as it was
   */
  public static Manifest measured(
      Path source, List<Manifest.Evidence> evidence, List<PatchPreview.Image> images, Path target)
      throws IOException {
    return revised(
        source,
        target,
        images,
        (old, id, added) ->
            old.with(
                old.stacking(), old.gate(), evidence, added.previews(old), added.entries(old)));
  }

  private static Manifest.Stacking superseding(Manifest old, String id) {
    Manifest.Stacking said = old.stacking();
    List<String> supersedes = new ArrayList<>(said.supersedes());
    supersedes.add(id);
    return new Manifest.Stacking(
        said.priority(), said.conflictsWith(), said.requires(), supersedes);
  }

  /** Makes a manifest of the old one, its id, and what is added. */
  private interface Change {
    Manifest of(Manifest old, String id, Added added);
  }

  /** Images that are added, with the entries that they become; of equal length. */
  private record Added(List<PatchPreview.Image> images, List<NewEntry> files) {
    /**
     * Names them by the first numbers that are free.
     *
     * @param taken names of entries
     */
    static Added of(List<PatchPreview.Image> images, List<String> taken) throws IOException {
      List<NewEntry> files = new ArrayList<>();
      int number = 1;
      for (PatchPreview.Image image : images) {
        String name;
        do {
          name = "docs/preview-" + number++ + ".png";
        } while (taken.contains(name));
        PatchPreview.check(name, image.png());
        files.add(NewEntry.of(name, image.png()));
      }
      return new Added(images, files);
    }

    List<PatchPreview> previews(Manifest old) {
      List<PatchPreview> all = new ArrayList<>(old.previews());
      for (int i = 0; i < images.size(); i++) {
        PatchPreview.Image image = images.get(i);
        all.add(
            new PatchPreview(
                files.get(i).path(), image.side(), image.prompt(), image.seed(), image.strength()));
      }
      return all;
    }

    List<Manifest.Entry> entries(Manifest old) {
      Map<String, Manifest.Entry> all = new TreeMap<>();
      old.entries().forEach(entry -> all.put(entry.path(), entry));
      files.forEach(file -> all.put(file.path(), PatchWriter.entry(file)));
      return List.copyOf(all.values());
    }
  }

  private static Manifest revised(
      Path source, Path target, List<PatchPreview.Image> images, Change change) throws IOException {
    try (PatchFile patch = PatchFile.open(source)) {
      Manifest old = patch.manifest();
      if (old.version().minor() > Manifest.CURRENT.minor()) {
        throw new PatchFormatException(
            PatchError.FEATURE,
            source.toString(),
            "is of the version "
                + (old.version().major() + "." + old.version().minor())
                + ", of which something could be lost; use a newer program");
      }
      List<String> names = patch.archive().names();
      Added added = Added.of(images, names);
      Manifest manifest =
          change.of(old, patch.id(), added).lowest(old.version().major(), Manifest.PLAIN_CAPACITY);
      byte[] json = ManifestWriter.bytes(manifest);
      ManifestReader.read(target.toString(), json); // nothing is written that would be refused
      Map<String, NewEntry> files = new TreeMap<>();
      added.files().forEach(file -> files.put(file.path(), file));
      Set<String> rest = new TreeSet<>(files.keySet());
      names.stream().skip(2).filter(name -> !name.startsWith("signatures/")).forEach(rest::add);
      if (rest.size() + 2 > StrictZipReader.ENTRIES) {
        throw new PatchFormatException(
            PatchError.SIZE_LIMIT,
            source.toString(),
            Message.of(
                "has %s entries, and a patch at most %s: there is no room for %s more",
                names.size(), StrictZipReader.ENTRIES, files.size()));
      }
      patch.rewrite(
          target,
          manifest.large(Manifest.PLAIN_CAPACITY),
          writer -> {
            patch.copy(names.get(0), writer);
            writer.add(PatchFile.MANIFEST, json);
            for (String name : rest) {
              if (files.containsKey(name)) {
                writer.add(files.get(name));
              } else {
                patch.copy(name, writer);
              }
            }
          });
      return manifest;
    }
  }
}

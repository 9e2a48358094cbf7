package dev.forgetmenot.patch;

import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patch.json.MinorVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

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
        (old, id) -> {
          Manifest.Stacking said = old.stacking();
          List<String> supersedes = new ArrayList<>(said.supersedes());
          supersedes.add(id);
          Manifest.Stacking stacking =
              new Manifest.Stacking(
                  said.priority(), said.conflictsWith(), said.requires(), supersedes);
          return old.with(Manifest.CURRENT, stacking, gate, old.evidence());
        });
  }

  /**
   * Gives a patch that has just been made what was measured with it. It supersedes nothing: the
   * older one was never given to anyone.
   *
   * @param source the patch
   * @param evidence in the place of what it has
   * @param target the file to write; an older one is replaced, also the source itself
   * @return what was written
   * @throws PatchFormatException as for {@link #gated}
   * @throws IOException if it cannot be written; an older file is then as it was
   */
  public static Manifest measured(Path source, List<Manifest.Evidence> evidence, Path target)
      throws IOException {
    return revised(
        source,
        target,
        (old, id) -> old.with(Manifest.CURRENT, old.stacking(), old.gate(), evidence));
  }

  /**
   * Writes a patch anew.
   *
   * @param change makes the manifest of the old one and its id
   */
  private static Manifest revised(
      Path source, Path target, BiFunction<Manifest, String, Manifest> change) throws IOException {
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
      Manifest draft = change.apply(old, patch.id());
      int minor = draft.neededMinor(Manifest.PLAIN_CAPACITY);
      Manifest manifest = draft.version(new Manifest.Version(old.version().major(), minor));
      byte[] json = ManifestWriter.bytes(manifest);
      ManifestReader.read(target.toString(), json); // nothing is written that would be refused
      patch.rewrite(
          target,
          minor >= MinorVersion.WITH_ZIP64,
          writer -> {
            for (String name : patch.archive().names()) {
              if (name.equals(PatchFile.MANIFEST)) {
                writer.add(name, json);
              } else if (!name.startsWith("signatures/")) {
                patch.copy(name, writer);
              }
            }
          });
      return manifest;
    }
  }
}

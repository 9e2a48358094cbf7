package dev.forgetmenot.patching.trust;

import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.PatchSignature;
import dev.forgetmenot.patch.PatchSigner;
import dev.forgetmenot.patch.error.PatchFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * What is asked about a patch: its name, its id and who signed it.
 *
 * @param path the file
 * @param name of its manifest
 * @param id its patch id
 * @param signatures those in the file and beside it, one a key, by key id; all are right for their
 *     keys
 */
public record SignedPatch(Path path, String name, String id, List<PatchSignature> signatures) {
  /** Copies the list. */
  public SignedPatch {
    signatures = List.copyOf(signatures);
  }

  /**
   * Collects the signatures of an open patch.
   *
   * @param detached files of more signatures; the one beside the patch is looked for in any case
   * @throws PatchFormatException FMN-402, 405, 406 if one of them is wrong
   * @throws IOException if a file cannot be read
   */
  public static SignedPatch of(PatchFile patch, List<Path> detached) throws IOException {
    List<Path> files = new ArrayList<>(detached);
    Path beside = PatchSigner.detachedOf(patch.path());
    if (Files.exists(beside)) {
      files.add(beside);
    }
    TreeMap<String, PatchSignature> all = new TreeMap<>();
    patch.signatures().forEach(signature -> all.put(signature.key().id(), signature));
    for (Path file : files) {
      for (PatchSignature signature : PatchSigner.readDetached(patch, file)) {
        all.put(signature.key().id(), signature);
      }
    }
    return new SignedPatch(
        patch.path(), patch.manifest().name(), patch.id(), new ArrayList<>(all.values()));
  }
}

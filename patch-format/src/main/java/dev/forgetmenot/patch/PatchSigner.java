package dev.forgetmenot.patch;

import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.keys.SigningKey;
import dev.forgetmenot.patch.archive.PatchArchive;
import dev.forgetmenot.patch.archive.StrictZipReader;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Adds signatures to patches, inside or beside them. The manifest stays as it is, and so does the
 * id of the patch; signatures of other keys stay. Signing again by the same key changes nothing.
 */
public final class PatchSigner {
  private static final String SUFFIX = ".sig";
  private static final int HEADERS = 8192; // more than an entry's two headers and all alignment

  private PatchSigner() {}

  /**
   * Signs a patch in the file itself, which is written anew beside its place and moved there.
   *
   * @throws PatchFormatException if the file is no patch or has as many signatures as it may
   * @throws IOException if it cannot be written; it is then as it was
   */
  public static PatchSignature embed(Path file, SigningKey key) throws IOException {
    try (PatchFile patch = PatchFile.open(file)) {
      byte[] manifest = patch.manifestBytes();
      PatchSignature signature = DsseEnvelope.sign(manifest, key);
      with(file, patch.signatures(), signature); // not more than allowed
      String added = SignatureEntries.nameOf(signature);
      byte[] envelope = DsseEnvelope.write(manifest, List.of(signature));
      Set<String> order = order(patch.archive().names(), added);
      long limit = patch.archive().zip64() ? PatchArchive.FILE_LIMIT : PatchArchive.PLAIN_LIMIT;
      if (order.size() > StrictZipReader.ENTRIES
          || patch.size() + envelope.length + HEADERS > limit) {
        throw new PatchFormatException(
            PatchError.SIZE_LIMIT,
            file.toString(),
            "has no room for a signature; sign it beside the file, by --detached");
      }
      patch.rewrite(
          file,
          patch.archive().zip64(),
          writer -> {
            for (String name : order) {
              if (name.equals(added)) {
                writer.add(name, envelope);
              } else {
                patch.copy(name, writer);
              }
            }
          });
      return signature;
    }
  }

  /**
   * Signs a patch beside it.
   *
   * @return the file of the signatures, {@link #detachedOf}
   * @throws PatchFormatException if a file is wrong or has as many signatures as it may
   * @throws IOException if it cannot be written; an older one is then as it was
   */
  public static Path detach(Path file, SigningKey key) throws IOException {
    Path beside = detachedOf(file);
    try (PatchFile patch = PatchFile.open(file)) {
      byte[] manifest = patch.manifestBytes();
      List<PatchSignature> there =
          Files.exists(beside) ? readDetached(patch, beside) : List.<PatchSignature>of();
      AtomicFile.write(
          beside,
          DsseEnvelope.write(manifest, with(beside, there, DsseEnvelope.sign(manifest, key))));
    }
    return beside;
  }

  /** Where the signatures beside a patch are looked for: its name with {@code .sig} after it. */
  public static Path detachedOf(Path patch) {
    return patch.resolveSibling(patch.getFileName() + SUFFIX);
  }

  /**
   * Reads signatures that lie beside a patch and checks them.
   *
   * @param patch the open patch
   * @param envelope the file of the signatures
   * @throws PatchFormatException as {@link DsseEnvelope#read}
   */
  public static List<PatchSignature> readDetached(PatchFile patch, Path envelope)
      throws IOException {
    byte[] json;
    try (InputStream in = Files.newInputStream(envelope)) {
      json = in.readNBytes(DsseEnvelope.BYTES + 1);
    }
    return DsseEnvelope.read(envelope.toString(), json, patch.manifestBytes());
  }

  private static List<PatchSignature> with(
      Path where, List<PatchSignature> there, PatchSignature added) throws PatchFormatException {
    TreeMap<String, PatchSignature> all = new TreeMap<>();
    there.forEach(signature -> all.put(signature.key().id(), signature));
    all.put(added.key().id(), added);
    if (all.size() > DsseEnvelope.SIGNATURES) {
      throw new PatchFormatException(
          PatchError.SIZE_LIMIT,
          where.toString(),
          "has " + there.size() + " signatures already; at most " + DsseEnvelope.SIGNATURES);
    }
    return new ArrayList<>(all.values());
  }

  private static Set<String> order(List<String> names, String added) {
    Set<String> sorted = new TreeSet<>(names.subList(2, names.size()));
    sorted.add(added);
    Set<String> all = new LinkedHashSet<>(names.subList(0, 2));
    all.addAll(sorted);
    return all;
  }
}

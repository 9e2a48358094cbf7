package dev.forgetmenot.patch;

import dev.forgetmenot.patch.archive.PatchArchive;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The signatures in a patch: one entry for each key, {@code signatures/<keyid>.json}, an envelope
 * with the one signature of that key. The manifest does not list them, so that one can be added
 * without another manifest.
 */
final class SignatureEntries {
  private static final String FOLDER = "signatures/";
  private static final String ENDING = ".json";
  private static final Pattern NAME =
      Pattern.compile(FOLDER + "(" + ManifestReader.HEX + ")" + Pattern.quote(ENDING));

  private SignatureEntries() {}

  static String nameOf(PatchSignature signature) {
    return FOLDER + signature.key().id() + ENDING;
  }

  /** Whether an entry is a signature by its name. */
  static boolean isOne(String entry) {
    return NAME.matcher(entry).matches();
  }

  /**
   * Reads and checks all of them.
   *
   * @return by key id
   * @throws PatchFormatException if one is wrong, or there are too many
   */
  static List<PatchSignature> read(PatchArchive archive, byte[] manifest) throws IOException {
    List<String> names = archive.names().stream().filter(SignatureEntries::isOne).toList();
    if (names.size() > DsseEnvelope.SIGNATURES) {
      throw archive.refuse(
          PatchError.SIZE_LIMIT,
          "has " + names.size() + " signatures; at most " + DsseEnvelope.SIGNATURES);
    }
    List<PatchSignature> signatures = new ArrayList<>();
    for (String name : names) {
      List<PatchSignature> read =
          DsseEnvelope.read(
              archive.path() + ": " + name, archive.content(name, DsseEnvelope.BYTES), manifest);
      if (read.size() != 1 || !nameOf(read.get(0)).equals(name)) {
        throw archive.refuse(
            PatchError.BAD_SIGNATURE,
            name + " is not the one signature of the key that it is named by; do not use it");
      }
      signatures.add(read.get(0));
    }
    return DsseEnvelope.sorted(signatures);
  }
}

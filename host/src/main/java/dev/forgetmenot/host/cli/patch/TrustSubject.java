package dev.forgetmenot.host.cli.patch;

import dev.forgetmenot.keys.KeyFile;
import dev.forgetmenot.keys.KeyRefusedException;
import dev.forgetmenot.keys.VerificationKey;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.PatchSignature;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patching.trust.SignedPatch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What is trusted or revoked: a public key in a file, or a patch and who signed it.
 *
 * @param file where it is
 * @param publicKey the key, if the file is one
 * @param patch the patch, if the file is one
 */
record TrustSubject(Path file, Optional<VerificationKey> publicKey, Optional<SignedPatch> patch) {
  private static final String PEM = "-----BEGIN";

  /**
   * Reads either.
   *
   * @throws PatchFormatException if it is a weak key, or no patch
   * @throws KeyRefusedException if it is another key than a public one of Ed25519
   */
  static TrustSubject read(Path file) throws IOException {
    if (isPem(file)) {
      try {
        return new TrustSubject(file, Optional.of(KeyFile.readPublic(file)), Optional.empty());
      } catch (KeyRefusedException e) {
        if (e.weak()) {
          throw new PatchFormatException(PatchError.WEAK_KEY, file.toString(), e.reason());
        }
        throw e;
      }
    }
    try (PatchFile open = PatchFile.open(file)) {
      return new TrustSubject(file, Optional.empty(), Optional.of(SignedPatch.of(open, List.of())));
    }
  }

  private static boolean isPem(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return false;
    }
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(PEM.length()), StandardCharsets.ISO_8859_1).equals(PEM);
    }
  }

  /**
   * The key itself, or the one that signed the patch.
   *
   * @param signer its id, where there are several
   */
  VerificationKey key(Optional<String> signer) throws PatchFormatException {
    if (publicKey.isPresent()) {
      return publicKey.get();
    }
    List<VerificationKey> keys =
        patch.orElseThrow().signatures().stream()
            .map(PatchSignature::key)
            .filter(key -> signer.isEmpty() || key.id().equals(signer.get()))
            .toList();
    if (keys.isEmpty()) {
      throw new PatchFormatException(
          PatchError.UNSIGNED,
          file.toString(),
          signer
              .map(id -> "is not signed by the key " + id)
              .orElse(
                  "is not signed, so there is no key to trust; ask its author for a signed one"));
    }
    if (keys.size() > 1) {
      throw new IllegalArgumentException(
          file + " is signed by several keys; choose one by --signer: " + keys);
    }
    return keys.get(0);
  }

  /** What the owner of the key is called where the user gives no label. */
  String label() {
    if (patch.isPresent()) {
      return "the publisher of " + patch.get().name();
    }
    String name = String.valueOf(file.getFileName());
    return name.endsWith(KeyFile.PUBLIC_SUFFIX)
        ? name.substring(0, name.length() - KeyFile.PUBLIC_SUFFIX.length())
        : name;
  }

  /** What is revoked: the key, or the patch and not who signed it. */
  String id() {
    return publicKey.map(VerificationKey::id).orElseGet(() -> patch.orElseThrow().id());
  }
}

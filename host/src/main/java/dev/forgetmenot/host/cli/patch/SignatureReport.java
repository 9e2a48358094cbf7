package dev.forgetmenot.host.cli.patch;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.PatchSignature;
import dev.forgetmenot.patching.trust.SignedPatch;
import dev.forgetmenot.patching.trust.TrustState;
import dev.forgetmenot.patching.trust.TrustedKey;
import java.util.ArrayList;
import java.util.List;

/**
 * Who signed a patch, for people.
 *
 * @param records whom the user trusts
 * @param patch what was signed
 */
public record SignatureReport(TrustState records, SignedPatch patch) {
  /** Which patch it is, before {@link #lines}. */
  public static List<String> title(PatchFile patch) {
    return List.of(
        line("patch", patch.manifest().name() + " " + patch.manifest().patchVersion()),
        line("id", patch.id()));
  }

  /** A line for each signature, and one for the key that the name is bound to. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    if (patch.signatures().isEmpty()) {
      lines.add(line("signed", "no"));
    }
    for (PatchSignature signature : patch.signatures()) {
      String id = signature.key().id();
      lines.add(line("signed", "by " + id + ", " + standing(records, id)));
    }
    TrustState.Pin pin = records.pins().get(patch.name());
    if (pin != null) {
      lines.add(
          line("bound", "patches of this name are of " + pin.keyId() + " since " + pin.since()));
    }
    if (records.isRevoked(patch.id())) {
      lines.add(line("revoked", "you revoked this patch"));
    }
    return lines;
  }

  /** Whether the user trusts a key, in words that follow its id and a comma. */
  static String standing(TrustState records, String id) {
    TrustedKey known = records.keys().get(id);
    if (records.isRevoked(id)) {
      return known == null ? "which you revoked" : "which you revoked: " + known.label();
    }
    return known == null ? "a key that you do not know" : "whom you trust: " + known.label();
  }

  /** A line of this and other reports: what it says, and of what. */
  public static String line(String key, String text) {
    return Message.of("%-10s %s", key, text);
  }
}

package dev.forgetmenot.patching.trust;

import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.files.Closing;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patching.PatchSet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Looks at patches from outside before anything is done with them: who signed them, and whether the
 * user trusts that. Patches that the program itself has just made need no look.
 *
 * @param store what the user decided
 * @param policy about patches that no trusted key has signed; empty for the store's
 * @param notes gets warnings and names that are bound to a key
 */
public record PatchVerifier(
    TrustStore store, Optional<UnsignedPolicy> policy, Consumer<String> notes) {

  /**
   * Opens and verifies all patches, or none is used.
   *
   * @return the open patches, in the order of the requests; the caller closes them
   * @throws PatchFormatException FMN-401 to 407 for the first that is not trusted; FMN-117 if it is
   *     not the patch that the request asks for; any other code if a file is wrong
   */
  public PatchSet open(List<PatchRequest> requests) throws IOException {
    PatchSet patches = PatchSet.open(requests);
    try {
      verify(patches);
      return patches;
    } catch (IOException | RuntimeException | Error e) {
      Closing.after(e, List.of(patches));
      throw e;
    }
  }

  private void verify(PatchSet patches) throws IOException {
    if (patches.files().isEmpty()) {
      return;
    }
    TrustState records = store.read();
    List<TrustDecision> first = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    for (PatchFile file : patches.files()) {
      SignedPatch patch = signed(file, warnings);
      TrustDecision verdict = TrustDecision.of(records, patch);
      UnsignedPolicy applied = policy.orElse(records.unsigned());
      Optional<PatchFormatException> failure = verdict.failure();
      if (failure.isPresent()) {
        if (verdict.refusedUnder(applied)) {
          throw failure.get();
        }
        if (applied == UnsignedPolicy.WARN) {
          warnings.add("warning: " + failure.get().getMessage());
        }
      }
      if (verdict.firstUse()) {
        first.add(verdict);
      }
    }
    warnings.forEach(notes);
    for (TrustDecision verdict : first) {
      bind(verdict);
    }
  }

  private static SignedPatch signed(PatchFile file, List<String> warnings) throws IOException {
    file.warnings()
        .forEach(what -> warnings.add("warning: " + what + ": ignored; it needs a newer fmn"));
    return SignedPatch.of(file, List.of());
  }

  /** The user confirmed the key; that patches of this name are its key's is seen now. */
  private void bind(TrustDecision verdict) throws IOException {
    String name = verdict.patch().name();
    String key = verdict.signer().orElseThrow().key().id();
    TrustState after;
    try {
      after =
          store.update(
              records ->
                  records.pins().containsKey(name)
                      ? records
                      : records.pin(name, new TrustState.Pin(key, TrustStore.now())));
    } catch (IOException e) {
      // the patch is trusted all the same, as where settings are read-only
      notes.accept(
          Message.of(
              "warning: it cannot be kept that patches called %s are of the key %s: %s",
              name, key, e.getMessage()));
      return;
    }
    Optional<PatchFormatException> failure = TrustDecision.of(after, verdict.patch()).failure();
    if (failure.isPresent()) {
      throw failure.get(); // another process bound the name to another key, or revoked this one
    }
    notes.accept(
        Message.of(
            "patches called %s are bound to the key of %s from now on (%s)",
            name, verdict.signer().get().label(), key));
  }
}

package dev.forgetmenot.patching.trust;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.patch.PatchSignature;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What records mean for a patch.
 *
 * @param patch the patch
 * @param signer the trusted key that it is taken from; empty if there is a problem
 * @param pinned whether patches of its name are bound to a key
 * @param problem what is wrong, if anything
 * @param why the same for people
 */
public record TrustDecision(
    SignedPatch patch,
    Optional<TrustedKey> signer,
    boolean pinned,
    Optional<PatchError> problem,
    String why) {

  /**
   * Judges a patch.
   *
   * <p>What is revoked is refused. A signature by a revoked key counts for nothing: if a trusted
   * key has signed as well, as after a change of keys, the patch is that key's. A name that is
   * bound to a key asks for a signature by that key, else a signature could simply be taken off.
   */
  public static TrustDecision of(TrustState records, SignedPatch patch) {
    if (records.revoked().containsKey(patch.id())) {
      return refuse(patch, records, PatchError.REVOKED, "you revoked this patch, " + patch.id());
    }
    List<TrustedKey> trusted = new ArrayList<>();
    List<String> revoked = new ArrayList<>();
    for (PatchSignature signature : patch.signatures()) {
      String id = signature.key().id();
      records.trusted(id).ifPresent(trusted::add);
      if (records.isRevoked(id)) {
        revoked.add(id);
      }
    }
    if (trusted.isEmpty() && !revoked.isEmpty()) {
      return refuse(
          patch,
          records,
          PatchError.REVOKED,
          "is signed by a key that you revoked, " + named(records, revoked));
    }
    TrustState.Pin pin = records.pins().get(patch.name());
    if (pin != null) {
      boolean bySigner =
          patch.signatures().stream().anyMatch(s -> s.key().id().equals(pin.keyId()));
      if (!bySigner || revoked.contains(pin.keyId())) {
        return refuse(patch, records, PatchError.PIN_CHANGED, otherOwner(records, patch, pin));
      }
      trusted.sort(Comparator.comparing(key -> !key.key().id().equals(pin.keyId())));
    }
    if (!trusted.isEmpty()) {
      return new TrustDecision(
          patch, Optional.of(trusted.get(0)), pin != null, Optional.empty(), "");
    }
    List<String> unknown = patch.signatures().stream().map(s -> s.key().id()).toList();
    return unknown.isEmpty()
        ? refuse(
            patch,
            records,
            PatchError.UNSIGNED,
            "is not signed, so its author is unknown; ask for a signed copy, or apply it with --unsigned warn")
        : refuse(
            patch,
            records,
            PatchError.UNKNOWN_KEY,
            "is signed by a key that you do not know, "
                + String.join(", ", unknown)
                + "; compare it with what the author publishes, then: fmn patch trust "
                + patch.path());
  }

  private static TrustDecision refuse(
      SignedPatch patch, TrustState records, PatchError problem, String why) {
    boolean pinned = records.pins().containsKey(patch.name());
    return new TrustDecision(patch, Optional.empty(), pinned, Optional.of(problem), why);
  }

  private static String otherOwner(TrustState records, SignedPatch patch, TrustState.Pin pin) {
    List<String> signers = patch.signatures().stream().map(s -> s.key().id()).toList();
    return Message.of(
        "patches called %s come from the key %s since %s, and this one is %s; if its publisher"
            + " says, by another way, that the key has changed: fmn patch trust %s"
            + " --replace-pin; if it is a patch of someone else: fmn patch trust --unpin %s",
        patch.name(),
        named(records, List.of(pin.keyId())),
        pin.since(),
        signers.isEmpty() ? "not signed" : "signed by " + named(records, signers),
        patch.path(),
        patch.name());
  }

  private static String named(TrustState records, List<String> ids) {
    return String.join(
        ", ",
        ids.stream()
            .map(
                id ->
                    records.keys().containsKey(id)
                        ? id + " (" + records.keys().get(id).label() + ")"
                        : id)
            .toList());
  }

  /**
   * Whether the patch is refused whatever the policy: it was revoked, or is not from where it
   * should be.
   */
  public boolean refusedAlways() {
    return problem
        .filter(error -> error == PatchError.REVOKED || error == PatchError.PIN_CHANGED)
        .isPresent();
  }

  /** Whether a policy refuses the patch. */
  public boolean refusedUnder(UnsignedPolicy policy) {
    return refusedAlways() || (problem.isPresent() && policy == UnsignedPolicy.REFUSE);
  }

  /** Whether it is the first patch of its name from a trusted key. */
  public boolean firstUse() {
    return signer.isPresent() && !pinned;
  }

  /** The problem as an error. */
  public Optional<PatchFormatException> failure() {
    return problem.map(error -> new PatchFormatException(error, patch.path().toString(), why));
  }
}

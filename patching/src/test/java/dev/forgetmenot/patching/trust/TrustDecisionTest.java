package dev.forgetmenot.patching.trust;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.keys.SigningKey;
import dev.forgetmenot.patch.DsseEnvelope;
import dev.forgetmenot.patch.PatchSignature;
import dev.forgetmenot.patch.error.PatchError;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every case of who signed, who is trusted, what was revoked and which key a name is bound to. */
class TrustDecisionTest {
  private static final String THEN = "2026-01-02T03:04:05Z";
  private static final String ID = "cd".repeat(32);
  private static final SigningKey ANN = SigningKey.generate();
  private static final SigningKey BEN = SigningKey.generate();

  private static final TrustState NOBODY = TrustState.EMPTY;
  private static final TrustState ANNS = trust(NOBODY, ANN, "Ann");
  private static final TrustState BOTH = trust(ANNS, BEN, "Ben");

  private static TrustState trust(TrustState records, SigningKey key, String label) {
    return records.with(new TrustedKey(key.verification(), label, THEN, false));
  }

  private static String id(SigningKey key) {
    return key.verification().id();
  }

  private static TrustState pinned(TrustState records, SigningKey key) {
    return records.pin("forget-x", new TrustState.Pin(id(key), THEN));
  }

  private static SignedPatch by(SigningKey... signers) {
    List<PatchSignature> signatures =
        Arrays.stream(signers).map(key -> DsseEnvelope.sign(new byte[] {'{', '}'}, key)).toList();
    return new SignedPatch(Path.of("x.fmnpatch"), "forget-x", ID, signatures);
  }

  private static void assertProblem(TrustState records, SignedPatch patch, PatchError error) {
    TrustDecision verdict = TrustDecision.of(records, patch);
    assertThat(verdict.problem()).contains(error);
    assertThat(verdict.signer()).isEmpty();
    assertThat(verdict.firstUse()).isFalse();
    assertThat(verdict.failure().orElseThrow())
        .hasMessageStartingWith(error.code() + " x.fmnpatch: ")
        .hasMessageContaining("troubleshooting.md#fmn-4");
    boolean always = error == PatchError.REVOKED || error == PatchError.PIN_CHANGED;
    assertThat(verdict.refusedAlways()).isEqualTo(always);
    assertThat(verdict.refusedUnder(UnsignedPolicy.ALLOW)).isEqualTo(always);
    assertThat(verdict.refusedUnder(UnsignedPolicy.WARN)).isEqualTo(always);
    assertThat(verdict.refusedUnder(UnsignedPolicy.REFUSE)).isTrue();
  }

  private static void assertTaken(TrustState records, SignedPatch patch, SigningKey signer) {
    TrustDecision verdict = TrustDecision.of(records, patch);
    assertThat(verdict.problem()).isEmpty();
    assertThat(verdict.failure()).isEmpty();
    assertThat(verdict.signer().orElseThrow().key()).isEqualTo(signer.verification());
    for (UnsignedPolicy policy : UnsignedPolicy.values()) {
      assertThat(verdict.refusedUnder(policy)).isFalse();
    }
  }

  @Test
  void aSignatureCountsIfItsKeyIsTrusted() {
    assertProblem(ANNS, by(), PatchError.UNSIGNED);
    assertProblem(NOBODY, by(ANN), PatchError.UNKNOWN_KEY);
    assertProblem(ANNS, by(BEN), PatchError.UNKNOWN_KEY);
    assertTaken(ANNS, by(ANN), ANN);
    assertTaken(ANNS, by(BEN, ANN), ANN);
    assertThat(TrustDecision.of(NOBODY, by(ANN)).why())
        .contains(id(ANN))
        .contains("fmn patch trust x.fmnpatch");
  }

  @Test
  void whatIsRevokedIsRefused() {
    TrustState anns = ANNS.revoke(id(ANN), THEN);
    assertProblem(anns, by(ANN), PatchError.REVOKED);
    assertProblem(anns, by(ANN, BEN), PatchError.REVOKED);
    assertProblem(NOBODY.revoke(id(BEN), THEN), by(BEN), PatchError.REVOKED);
    assertProblem(ANNS.revoke(ID, THEN), by(ANN), PatchError.REVOKED);
    assertProblem(ANNS.revoke(ID, THEN), by(), PatchError.REVOKED);
    assertProblem(pinned(anns, ANN), by(ANN), PatchError.REVOKED);
    assertThat(TrustDecision.of(anns, by(ANN)).why()).contains("Ann");
  }

  /** A publisher who changes keys signs by both for a while, then the old one is revoked. */
  @Test
  void anotherTrustedKeyStandsInForARevokedOne() {
    TrustState changed = BOTH.revoke(id(ANN), THEN);
    assertTaken(changed, by(ANN, BEN), BEN);
    assertProblem(pinned(changed, ANN), by(ANN, BEN), PatchError.PIN_CHANGED);
    assertTaken(pinned(changed, BEN), by(ANN, BEN), BEN);
  }

  @Test
  void aNameThatIsBoundAsksForItsKey() {
    TrustState records = pinned(BOTH, ANN);
    assertTaken(records, by(ANN), ANN);
    assertTaken(records, by(ANN, BEN), ANN);
    assertProblem(records, by(BEN), PatchError.PIN_CHANGED);
    assertProblem(records, by(), PatchError.PIN_CHANGED);
    assertProblem(pinned(NOBODY, ANN), by(ANN), PatchError.UNKNOWN_KEY);
    assertProblem(pinned(ANNS, ANN), by(BEN), PatchError.PIN_CHANGED);
    assertThat(TrustDecision.of(records, by(BEN)).why())
        .contains("forget-x", id(ANN) + " (Ann)", id(BEN) + " (Ben)", "--replace-pin");
    assertThat(TrustDecision.of(records, by()).why()).contains("is not signed", "--unpin forget-x");
    assertThat(TrustDecision.of(records, by(ANN)).firstUse()).isFalse();
    assertThat(TrustDecision.of(BOTH, by(ANN)).firstUse()).isTrue();
    assertThat(TrustDecision.of(records.unpin("forget-x"), by(BEN)).firstUse()).isTrue();
  }
}

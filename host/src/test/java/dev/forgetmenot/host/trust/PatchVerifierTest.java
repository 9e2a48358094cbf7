package dev.forgetmenot.host.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.keys.SigningKey;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.PatchSigner;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patching.PatchSet;
import dev.forgetmenot.patching.trust.PatchVerifier;
import dev.forgetmenot.patching.trust.TrustState;
import dev.forgetmenot.patching.trust.TrustStore;
import dev.forgetmenot.patching.trust.TrustedKey;
import dev.forgetmenot.patching.trust.UnsignedPolicy;
import dev.forgetmenot.testkit.GoldenFolders;
import dev.forgetmenot.testkit.SmallPatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PatchVerifierTest {
  private static final SigningKey ANN = SigningKey.generate();
  private static final SigningKey BEN = SigningKey.generate();

  @TempDir Path folder;
  private final List<String> notes = new ArrayList<>();
  private TrustStore store;
  private Path file;

  @BeforeEach
  void writeAPatch() throws IOException {
    store = new TrustStore(folder.resolve("settings").resolve("trust.json"));
    file = SmallPatch.write(folder.resolve("a.fmnpatch"), "some", 1);
  }

  private List<PatchRequest> verified(PatchRequest... requests) throws IOException {
    return verified(Optional.empty(), requests);
  }

  private List<PatchRequest> verified(Optional<UnsignedPolicy> policy, PatchRequest... requests)
      throws IOException {
    try (PatchSet patches = new PatchVerifier(store, policy, notes::add).open(List.of(requests))) {
      return patches.requests();
    }
  }

  private void trust(SigningKey... keys) throws IOException {
    for (SigningKey key : keys) {
      TrustedKey trusted = new TrustedKey(key.verification(), "someone", TrustStore.now(), false);
      store.update(records -> records.with(trusted));
    }
  }

  @Test
  void warnsOfWhatANewerVersionSays() throws IOException {
    Path newer =
        GoldenFolders.inProject(
            "patch-format/src/test/resources/dev/forgetmenot/patch/forged-1.6-optional.fmnpatch");
    verified(new PatchRequest(newer, 1));
    assertThat(notes)
        .anyMatch(note -> note.contains("unknown member 'weather'") && note.contains("newer fmn"));
  }

  private static String idOf(Path patch) throws IOException {
    try (PatchFile open = PatchFile.open(patch)) {
      return open.id();
    }
  }

  private void assertRefused(PatchError error, PatchRequest... requests) {
    assertThatThrownBy(() -> verified(requests))
        .isInstanceOfSatisfying(
            PatchFormatException.class,
            e -> assertThat(e.error()).as(e.getMessage()).isEqualTo(error));
  }

  @Test
  void requestsAreForTheContentThatWasVerified() throws IOException {
    PatchRequest asked = new PatchRequest(file, 0.5).allow(PatchRequest.Allowance.LARGE_CHANGES);
    PatchRequest verified = verified(asked).get(0);
    PatchFile open = verified.open().orElseThrow();
    assertThat(verified).isEqualTo(asked.opened(open));
    assertThat(verified.id()).contains(idOf(file));
    assertThat(notes).singleElement().asString().startsWith("warning: FMN-401 " + file);
    PatchRequest again = asked.verified(idOf(file));
    assertThat(verified(again).get(0).id()).isEqualTo(again.id());
    SmallPatch.write(file, "some", 2);
    assertRefused(PatchError.CHANGED_WHILE_READING, again);
  }

  @Test
  void nothingAskedIsNothingLookedAt() throws IOException {
    Files.createDirectories(store.file().getParent());
    Files.writeString(store.file(), "damaged");
    assertThat(verified()).isEmpty();
    assertThatThrownBy(() -> verified(new PatchRequest(file, 1))).hasMessageContaining("damaged");
  }

  @Test
  void theCommandsPolicyGoesBeforeTheStores() throws IOException {
    store.update(records -> records.with(UnsignedPolicy.REFUSE));
    PatchRequest request = new PatchRequest(file, 1);
    assertRefused(PatchError.UNSIGNED, request);
    verified(Optional.of(UnsignedPolicy.ALLOW), request);
    assertThat(notes).isEmpty();
    PatchSigner.embed(file, ANN);
    assertRefused(PatchError.UNKNOWN_KEY, request);
    store.update(records -> records.revoke(ANN.verification().id(), TrustStore.now()));
    assertThatThrownBy(() -> verified(Optional.of(UnsignedPolicy.ALLOW), request))
        .hasMessageContaining("FMN-404");
  }

  @Test
  void theFirstUseBindsTheNameOnce() throws IOException {
    trust(ANN, BEN);
    PatchSigner.embed(file, ANN);
    verified(new PatchRequest(file, 1));
    assertThat(notes).singleElement().asString().startsWith("patches called some are bound");
    assertThat(store.read().pins().get("some").keyId()).isEqualTo(ANN.verification().id());
    verified(new PatchRequest(file, 1));
    assertThat(notes).hasSize(1);
    Path other = SmallPatch.write(folder.resolve("b.fmnpatch"), "some", 2);
    PatchSigner.detach(other, BEN);
    assertRefused(PatchError.PIN_CHANGED, new PatchRequest(other, 1));
  }

  /** Two keys for one name in one command: the second is not taken for the first. */
  @Test
  void oneCommandDoesNotBindANameTwice() throws IOException {
    trust(ANN, BEN);
    PatchSigner.embed(file, ANN);
    Path other = SmallPatch.write(folder.resolve("b.fmnpatch"), "some", 2);
    PatchSigner.embed(other, BEN);
    assertRefused(PatchError.PIN_CHANGED, new PatchRequest(file, 1), new PatchRequest(other, 1));
  }

  @Test
  void aStoreThatCannotBeWrittenDoesNotStopWhoIsTrusted() throws IOException {
    trust(ANN);
    PatchSigner.embed(file, ANN);
    TrustState before = store.read();
    // a folder in the place of the lock: no change can be made, by root neither
    Path lock = store.file().resolveSibling("trust.json.lock");
    Files.delete(lock);
    Files.createDirectory(lock);
    assertThat(verified(new PatchRequest(file, 1))).hasSize(1);
    assertThat(notes).singleElement().asString().startsWith("warning: it cannot be kept");
    assertThat(store.read()).isEqualTo(before);
  }
}

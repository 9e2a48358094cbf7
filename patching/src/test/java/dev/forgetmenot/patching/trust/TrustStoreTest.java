package dev.forgetmenot.patching.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.keys.SigningKey;
import dev.forgetmenot.keys.VerificationKey;
import dev.forgetmenot.patch.error.PatchFormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class TrustStoreTest {
  private static final String THEN = "2026-01-02T03:04:05Z";
  private static final String PATCH = "ab".repeat(32);
  private static final VerificationKey ANN = SigningKey.generate().verification();
  private static final VerificationKey BEN = SigningKey.generate().verification();

  @TempDir Path folder;
  private TrustStore store;

  @BeforeEach
  void nameAStore() {
    store = new TrustStore(folder.resolve("settings").resolve("trust.json"));
  }

  private static TrustState full() {
    return TrustState.EMPTY
        .with(UnsignedPolicy.REFUSE)
        .with(new TrustedKey(ANN, "Ann \"Ä\" <a@b>", THEN, false))
        .with(new TrustedKey(BEN, "Ben", THEN, false))
        .revoke(BEN.id(), THEN)
        .revoke(PATCH, THEN)
        .pin("forget-x", new TrustState.Pin(ANN.id(), THEN));
  }

  @Test
  void comesBackAsItWasWritten() throws IOException {
    assertThat(store.read()).isEqualTo(TrustState.EMPTY);
    assertThat(store.file()).doesNotExist();
    store.update(records -> full());
    assertThat(store.read()).isEqualTo(full());
    byte[] bytes = Files.readAllBytes(store.file());
    store.update(records -> records);
    assertThat(store.file()).hasBinaryContent(bytes);
    assertThat(TrustJson.write(store.read())).isEqualTo(bytes);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void itIsTheUsersAloneAndRefusedWhenOthersMayWriteIt() throws IOException {
    store.update(records -> full());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(store.file())))
        .isEqualTo("rw-------");
    for (String open : new String[] {"rw-rw----", "rw----rw-"}) {
      Files.setPosixFilePermissions(store.file(), PosixFilePermissions.fromString(open));
      assertThatThrownBy(store::read)
          .hasMessageContaining("can be written by others (" + open)
          .hasMessageContaining("chmod 600 " + store.file());
    }
    Files.setPosixFilePermissions(store.file(), PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(store.read()).isEqualTo(full());
  }

  @Test
  void aChangeThatFailsLeavesTheStoreAsItWas() throws IOException {
    store.update(records -> full());
    byte[] bytes = Files.readAllBytes(store.file());
    assertThatThrownBy(
            () ->
                store.update(
                    records -> {
                      throw new IOException("no");
                    }))
        .hasMessage("no");
    TrustState.Pin bad = new TrustState.Pin("not an id", THEN);
    assertThatThrownBy(() -> store.update(records -> records.pin("x", bad)))
        .isInstanceOf(IOException.class);
    assertThat(store.file()).hasBinaryContent(bytes);
    try (var entries = Files.list(store.file().getParent())) {
      assertThat(entries.map(Path::getFileName).map(Path::toString))
          .containsExactlyInAnyOrder("trust.json", "trust.json.lock");
    }
  }

  @Test
  void aDamagedStoreIsAnErrorAndNotAnEmptyOne() throws IOException {
    store.update(records -> full());
    String good = Files.readString(store.file());
    for (String[] change :
        new String[][] {
          {"{", "{ \"more\": 1,"},
          {"\"version\": 1", "\"version\": 2"},
          {"fmn-trust", "fmnpatch"},
          {"\"refuse\"", "\"ignore\""},
          {"\"status\": \"revoked\"", "\"status\": \"gone\""},
          {"\"keyid\": \"" + ANN.id(), "\"keyid\": \"" + BEN.id()},
          {ANN.base64(), BEN.base64()},
          {ANN.base64(), "AAAA"},
          {"Ben", "B\\u001b[2J"},
          {"forget-x", "Forget X"},
          {"\"pins\": [", "\"pins\": [ {\"name\": \"a\"},"},
          {"\"revoked\": [", "\"pins\": ["},
          {THEN, "yesterday"},
          {"}\n", ""}
        }) {
      assertThat(good).contains(change[0]);
      Files.writeString(store.file(), good.replace(change[0], change[1]));
      assertThatThrownBy(store::read)
          .as(change[1])
          .isInstanceOf(IOException.class)
          .hasMessageContaining("the trust store is damaged")
          .hasMessageContaining(store.file().toString());
      assertThatThrownBy(() -> store.update(records -> full())).hasMessageContaining("damaged");
    }
    Files.write(store.file(), new byte[2 << 20]);
    assertThatThrownBy(store::read).hasMessageContaining("damaged");
  }

  @Test
  void everyTruncationIsAnError() throws IOException {
    byte[] good = TrustJson.write(full());
    for (int length = 0; length < good.length - 1; length++) {
      byte[] bytes = Arrays.copyOf(good, length);
      assertThatThrownBy(() -> TrustJson.read("x", bytes))
          .as("length %d", length)
          .isInstanceOf(PatchFormatException.class);
    }
  }

  @Test
  void changesByManyThreadsAreAllThere() throws Exception {
    int threads = 4;
    int each = 25;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Callable<TrustState>> work = new ArrayList<>();
      for (int i = 0; i < threads * each; i++) {
        String name = "patch-" + i;
        work.add(
            () -> store.update(records -> records.pin(name, new TrustState.Pin(ANN.id(), THEN))));
      }
      for (Future<TrustState> done : pool.invokeAll(work)) {
        assertThat(done.get().pins()).isNotEmpty();
      }
    } finally {
      pool.shutdown();
    }
    assertThat(store.read().pins()).hasSize(threads * each);
  }

  /** Another process changes the store while this one does. */
  @Test
  void changesByTwoProcessesAreAllThere() throws Exception {
    int each = 40;
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                TrustStoreTest.class.getName(),
                store.file().toString(),
                Integer.toString(each))
            .inheritIO()
            .start();
    main("here-", store, each);
    assertThat(other.waitFor()).isZero();
    assertThat(store.read().pins()).hasSize(2 * each);
  }

  /** The other process. */
  public static void main(String[] args) throws IOException {
    main("there-", new TrustStore(Path.of(args[0])), Integer.parseInt(args[1]));
  }

  private static void main(String prefix, TrustStore store, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      String name = prefix + i;
      store.update(records -> records.pin(name, new TrustState.Pin(PATCH, THEN)));
    }
  }

  @Test
  void liesWhereTheSystemKeepsSettings() {
    assertThat(TrustStore.place(Map.of("XDG_CONFIG_HOME", "/conf"), "Linux", "/home/u"))
        .isEqualTo(Path.of("/conf/forget-me-not/trust.json"));
    assertThat(TrustStore.place(Map.of("XDG_CONFIG_HOME", "relative"), "Linux", "/home/u"))
        .isEqualTo(Path.of("/home/u/.config/forget-me-not/trust.json"));
    assertThat(TrustStore.place(Map.of("APPDATA", "/x"), "Mac OS X", "/home/u"))
        .isEqualTo(Path.of("/home/u/.config/forget-me-not/trust.json"));
    assertThat(TrustStore.place(Map.of("APPDATA", "/roaming"), "Windows 11", "/home/u"))
        .isEqualTo(Path.of("/roaming/forget-me-not/trust.json"));
    assertThat(TrustStore.place(Map.of(), "Windows 11", "/home/u"))
        .isEqualTo(Path.of("/home/u/AppData/Roaming/forget-me-not/trust.json"));
  }

  @Test
  void aRevokedKeyIsNotTrustedAgainByTheWay() {
    TrustState records = full();
    assertThat(records.trusted(BEN.id())).isEmpty();
    TrustedKey again = new TrustedKey(BEN, "Ben", THEN, false);
    assertThatThrownBy(() -> records.with(again))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--undo " + BEN.id());
    TrustState restored = records.restore(BEN.id()).restore(PATCH);
    assertThat(restored.keys()).doesNotContainKey(BEN.id());
    assertThat(restored.revoked()).isEmpty();
    assertThat(restored.with(again).trusted(BEN.id())).isPresent();
    assertThat(records.restore(ANN.id()).trusted(ANN.id())).as("not revoked").isPresent();
    // a key that was never trusted can be revoked ahead of time
    VerificationKey stranger = SigningKey.generate().verification();
    TrustState warned = records.revoke(stranger.id(), THEN);
    assertThatThrownBy(() -> warned.with(new TrustedKey(stranger, "Cy", THEN, false)))
        .hasMessageContaining("was revoked");
  }

  @Test
  void labelsCannotDrawOnATerminal() {
    for (String label : new String[] {"", "a\nb", "\u001b[2J", "\u202ea", "x".repeat(97)}) {
      assertThatThrownBy(() -> new TrustedKey(ANN, label, THEN, false))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(new String(TrustJson.write(full()), StandardCharsets.UTF_8)).contains("\"Ben\"");
  }
}

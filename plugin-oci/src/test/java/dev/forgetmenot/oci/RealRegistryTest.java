package dev.forgetmenot.oci;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.keys.SigningKey;
import dev.forgetmenot.patch.PatchSigner;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The registry of the CNCF's distribution project, where Debian's docker-registry is installed. */
class RealRegistryTest extends RegistryRuns {
  private static final List<String> PLACES =
      List.of("/usr/bin/docker-registry", "/usr/local/bin/docker-registry");

  private Process process;
  private int port;

  @BeforeEach
  void start() throws Exception {
    String program =
        PLACES.stream().filter(p -> Files.isExecutable(Path.of(p))).findFirst().orElse("");
    Assumptions.assumeFalse(
        program.isEmpty(), "no docker-registry here: apt-get install docker-registry has it");
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Path config = folder.resolve("registry.yml");
    Files.writeString(
        config,
        """
        version: 0.1
        log: {level: error}
        storage: {filesystem: {rootdirectory: %s}}
        http: {addr: '127.0.0.1:%d'}
        """
            .formatted(folder.resolve("storage"), port));
    process =
        new ProcessBuilder(program, "serve", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("registry.log").toFile())
            .start();
    for (int i = 0; !answers(); i++) {
      assertThat(process.isAlive() && i < 200).as("it starts: %s", folder).isTrue();
      Thread.sleep(50);
    }
  }

  private boolean answers() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  @AfterEach
  void stop() throws InterruptedException {
    if (process != null) {
      process.destroy();
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void whatIsPushedIsPulledByteForByte() throws IOException {
    PatchSigner.embed(patch, SigningKey.generate());
    String name = "localhost:" + port + "/team/patches/a_b";
    assertThat(run("patch", "push", patch.toString(), name + ":1.0")).as(said).isZero();
    String exact = said.replaceFirst("(?s).*digest (\\S+).*", "$1");
    assertThat(exact).startsWith(name + "@sha256:");
    for (String which : List.of(name + ":1.0", exact)) {
      assertThat(run("patch", "pull", which, "-o", pulled.toString(), "--overwrite"))
          .as(said)
          .isZero();
      assertThat(pulled).hasSameBinaryContentAs(patch);
      assertThat(said).contains("pulled " + exact, "FMN-403");
    }
    assertThat(run("patch", "push", patch.toString(), name + ":again")).as(said).isZero();
    assertThat(said).contains("was there", "digest " + exact);
    assertThat(run("patch", "pull", name + ":none", "-o", pulled + "2")).isEqualTo(1);
    assertThat(said).contains("404 (MANIFEST_UNKNOWN");
  }

  @Test
  void bytesThatWereChangedInItsStorageAreSeen() throws IOException {
    String name = "localhost:" + port + "/a:1";
    assertThat(run("patch", "push", patch.toString(), name)).as(said).isZero();
    long size = Files.size(patch);
    try (Stream<Path> all = Files.walk(folder.resolve("storage"))) {
      Path stored =
          all.filter(file -> Files.isRegularFile(file) && file.toFile().length() == size)
              .findFirst()
              .orElseThrow();
      byte[] bytes = Files.readAllBytes(stored);
      bytes[bytes.length - 5] ^= (byte) 1;
      Files.write(stored, bytes);
    }
    assertRefused(run("patch", "pull", name, "-o", pulled.toString()), "FMN-741", "other bytes");
  }
}

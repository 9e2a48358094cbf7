package dev.forgetmenot.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class KeyFileTest {
  // RFC 8032's first key, as OpenSSL writes it.
  private static final String PRIVATE =
      """
      -----BEGIN PRIVATE KEY-----
      MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
      -----END PRIVATE KEY-----
      """;
  private static final String PUBLIC =
      """
      -----BEGIN PUBLIC KEY-----
      MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
      -----END PUBLIC KEY-----
      """;

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void nameAFile() {
    file = folder.resolve("key");
  }

  @Test
  void readsAndWritesTheBytesOfOpenSsl() throws IOException {
    Files.writeString(file, PRIVATE);
    SigningKey key = KeyFile.readPrivate(file);
    Path again = folder.resolve("again");
    KeyFile.write(again, key);
    assertThat(again).hasContent(PRIVATE.strip());
    assertThat(KeyFile.publicOf(again)).hasContent(PUBLIC.strip());
    assertThat(KeyFile.readPublic(KeyFile.publicOf(again))).isEqualTo(key.verification());
    Files.writeString(file, PRIVATE.replace("\n", "\r\n"));
    assertThat(KeyFile.readPrivate(file).verification()).isEqualTo(key.verification());
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void onlyTheOwnerMayReadThePrivateHalf() throws IOException {
    KeyFile.write(file, SigningKey.generate());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(KeyFile.isOpenToOthers(file)).isFalse();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThat(KeyFile.isOpenToOthers(file)).isTrue();
  }

  @Test
  void neverOverwritesAKey() throws IOException {
    KeyFile.write(file, SigningKey.generate());
    byte[] before = Files.readAllBytes(file);
    assertThatThrownBy(() -> KeyFile.write(file, SigningKey.generate()))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessageContaining("never overwritten");
    assertThat(file).hasBinaryContent(before);
    Files.delete(file);
    assertThatThrownBy(() -> KeyFile.write(file, SigningKey.generate()))
        .as("the public half is still there")
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(file).doesNotExist();
  }

  @Test
  void saysWhatIsWrongWithOtherFiles() throws IOException, GeneralSecurityException {
    KeyPair rsa = KeyPairGenerator.getInstance("RSA").generateKeyPair();
    KeyPair curve = KeyPairGenerator.getInstance("X25519").generateKeyPair();
    assertPrivateRefused(pem("PRIVATE KEY", rsa.getPrivate().getEncoded()), "RSA");
    assertPrivateRefused(pem("PRIVATE KEY", curve.getPrivate().getEncoded()), "not an Ed25519");
    assertPublicRefused(pem("PUBLIC KEY", rsa.getPublic().getEncoded()), "RSA");
    assertPublicRefused(pem("PUBLIC KEY", curve.getPublic().getEncoded()), "not an Ed25519");
    assertPrivateRefused(pem("ENCRYPTED PRIVATE KEY", new byte[100]), "is encrypted");
    assertPrivateRefused(pem("OPENSSH PRIVATE KEY", new byte[100]), "OPENSSH PRIVATE KEY");
    assertPrivateRefused(pem("RSA PRIVATE KEY", new byte[100]), "RSA PRIVATE KEY");
    assertPrivateRefused(PUBLIC, "is a public key");
    assertPublicRefused(PRIVATE, "keep it to yourself");
    assertThatThrownBy(() -> KeyFile.readPrivate(folder.resolve("none")))
        .isInstanceOf(KeyRefusedException.class)
        .hasMessageContaining("none is not there");
    assertPublicRefused("", "is not a key file");
    assertPublicRefused("ssh-ed25519 AAAA", "is not a key file");
    assertPublicRefused("x" + PUBLIC, "is not a key file");
    assertPublicRefused(PUBLIC + PUBLIC, "is damaged");
    assertPublicRefused(PUBLIC.replace("END PUBLIC", "END PRIVATE"), "is damaged");
    assertPublicRefused(PUBLIC.substring(0, 60), "is damaged");
    assertPublicRefused(PUBLIC.replace("=", ""), "not base64");
    assertPublicRefused(PUBLIC.replace("URo=", "URp="), "not base64");
    assertPublicRefused("-----BEGIN PUBLIC KEY-----\n" + "A".repeat(1 << 20), "is not a key file");
    assertPublicRefused(
        pem("PUBLIC KEY", HexFormat.of().parseHex("302a300506032b6570032100" + "00".repeat(32))),
        "is a weak key");
  }

  @Test
  void everyFlippedBitOfAPublicKeyIsAnotherKeyOrRefused() throws IOException {
    byte[] good = PUBLIC.getBytes(StandardCharsets.US_ASCII);
    Files.write(file, good);
    VerificationKey key = KeyFile.readPublic(file);
    int refused = 0;
    for (int bit = 0; bit < 8 * (good.length - 1); bit++) {
      byte[] bytes = good.clone();
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(file, bytes);
      try {
        assertThat(KeyFile.readPublic(file)).as("bit %d", bit).isNotEqualTo(key);
      } catch (KeyRefusedException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(8 * 60);
  }

  private static String pem(String label, byte[] der) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + label
        + "-----\n";
  }

  private void assertPrivateRefused(String text, String why) throws IOException {
    Files.writeString(file, text);
    assertThatThrownBy(() -> KeyFile.readPrivate(file))
        .isInstanceOf(KeyRefusedException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(why);
  }

  private void assertPublicRefused(String text, String why) throws IOException {
    Files.writeString(file, text);
    assertThatThrownBy(() -> KeyFile.readPublic(file))
        .isInstanceOf(KeyRefusedException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(why);
  }
}

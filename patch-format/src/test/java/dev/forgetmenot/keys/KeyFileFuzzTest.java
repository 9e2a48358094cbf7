package dev.forgetmenot.keys;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.forgetmenot.testkit.hostile.MemoryFile;
import dev.forgetmenot.testkit.hostile.RandomDamage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/** A key in a file or as bytes; what is accepted is written back as the same bytes. */
class KeyFileFuzzTest {
  private static final Path FILE = MemoryFile.temporary();

  static List<byte[]> seeds() throws KeyRefusedException {
    byte[] pkcs8 = HexFormat.of().parseHex("302e020100300506032b657004220420" + "07".repeat(32));
    byte[] spki = SigningKey.of(pkcs8).verification().spki();
    return List.of(pkcs8, spki, pem("PRIVATE KEY", pkcs8), pem("PUBLIC KEY", spki));
  }

  private static byte[] pem(String label, byte[] der) {
    String base64 = Base64.getEncoder().encodeToString(der);
    return ("-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  @MethodSource("seeds")
  @FuzzTest
  void read(byte[] data) throws IOException {
    Files.write(FILE, data, StandardOpenOption.TRUNCATE_EXISTING);
    try {
      KeyFile.readPublic(FILE);
    } catch (KeyRefusedException e) {
      // refused
    }
    try {
      KeyFile.readPrivate(FILE);
    } catch (KeyRefusedException e) {
      // refused
    }
    try {
      if (!Arrays.equals(VerificationKey.of(data).spki(), data)) {
        throw new AssertionError("a key in two encodings");
      }
    } catch (KeyRefusedException e) {
      // refused
    }
    try {
      SigningKey.of(data);
    } catch (KeyRefusedException e) {
      // refused
    }
  }

  @Test
  void randomDamage() throws IOException {
    RandomDamage.readBy(this::read, seeds());
  }
}

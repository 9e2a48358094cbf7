package dev.forgetmenot.patch;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.forgetmenot.keys.KeyRefusedException;
import dev.forgetmenot.keys.SigningKey;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.testkit.hostile.RandomDamage;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/** A DSSE envelope over a manifest; what is accepted holds signatures of keys over those bytes. */
class DsseEnvelopeFuzzTest {
  private static final byte[] MANIFEST =
      "{\"format\":\"fmnpatch\"}".getBytes(StandardCharsets.UTF_8);

  static List<byte[]> seeds() throws KeyRefusedException {
    byte[] pkcs8 = HexFormat.of().parseHex("302e020100300506032b657004220420" + "07".repeat(32));
    return List.of(
        DsseEnvelope.write(MANIFEST, List.of(DsseEnvelope.sign(MANIFEST, SigningKey.of(pkcs8)))));
  }

  @MethodSource("seeds")
  @FuzzTest
  void read(byte[] data) {
    try {
      List<PatchSignature> read = DsseEnvelope.read("x", data, MANIFEST);
      DsseEnvelope.read("x", DsseEnvelope.write(MANIFEST, read), MANIFEST);
    } catch (PatchFormatException e) {
      // refused
    }
  }

  @Test
  void randomDamage() throws KeyRefusedException {
    RandomDamage.readBy(this::read, seeds());
  }
}

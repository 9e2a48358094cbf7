package dev.forgetmenot.patch;

import dev.forgetmenot.keys.KeyRefusedException;
import dev.forgetmenot.keys.SigningKey;
import dev.forgetmenot.patch.error.PatchFormatException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/** A DSSE envelope over a manifest; what is accepted holds signatures of keys over those bytes. */
public final class FuzzEnvelope {
  private static final byte[] MANIFEST =
      "{\"format\":\"fmnpatch\"}".getBytes(StandardCharsets.UTF_8);

  private FuzzEnvelope() {}

  /** An input to begin with: right, of one key. */
  static byte[] seed() throws KeyRefusedException {
    byte[] pkcs8 = HexFormat.of().parseHex("302e020100300506032b657004220420" + "07".repeat(32));
    return DsseEnvelope.write(MANIFEST, List.of(DsseEnvelope.sign(MANIFEST, SigningKey.of(pkcs8))));
  }

  /** One run. */
  public static void fuzzerTestOneInput(byte[] data) {
    try {
      List<PatchSignature> read = DsseEnvelope.read("x", data, MANIFEST);
      DsseEnvelope.read("x", DsseEnvelope.write(MANIFEST, read), MANIFEST);
    } catch (PatchFormatException e) {
      // refused
    }
  }
}

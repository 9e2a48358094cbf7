package dev.forgetmenot.patch;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.forgetmenot.keys.KeyRefusedException;
import dev.forgetmenot.keys.SigningKey;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.testkit.hostile.RandomDamage;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/** A statement in its envelope; what is accepted is what the key of the seed signed. */
class SignedStatementFuzzTest {
  private static final Statement STATEMENT =
      new Statement(
          List.of(
              ResourceDescriptor.of(
                  "manifest.json", "sha256", "ab".repeat(32), Map.of("strength", 1))),
          "https://in-toto.io/attestation/test-result/v0.1",
          Map.of("result", "PASSED"));

  static List<byte[]> seeds() throws KeyRefusedException {
    byte[] pkcs8 = HexFormat.of().parseHex("302e020100300506032b657004220420" + "07".repeat(32));
    return List.of(SignedStatement.envelope(STATEMENT, SigningKey.of(pkcs8)));
  }

  @MethodSource("seeds")
  @FuzzTest
  void read(byte[] data) {
    try {
      SignedStatement read = SignedStatement.read("x", data, List.of());
      assertThat(read.statement().bytes()).isEqualTo(STATEMENT.bytes());
    } catch (PatchFormatException e) {
      // refused
    }
  }

  @Test
  void randomDamage() throws KeyRefusedException {
    RandomDamage.readBy(this::read, seeds());
  }
}

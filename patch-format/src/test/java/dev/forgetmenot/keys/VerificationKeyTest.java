package dev.forgetmenot.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Keys and signatures against published vectors and against every weak key there is. */
class VerificationKeyTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final String SPKI = "302a300506032b6570032100";
  private static final String PKCS8 = "302e020100300506032b657004220420";

  private static VerificationKey key(String point) throws KeyRefusedException {
    return VerificationKey.of(HEX.parseHex(SPKI + point));
  }

  @Test
  void answersEveryVectorOfWycheproof() throws IOException {
    int valid = 0;
    int invalid = 0;
    for (JsonElement group : vectors()) {
      String point = group.getAsJsonObject().getAsJsonObject("publicKey").get("pk").getAsString();
      VerificationKey key = key(point);
      for (JsonElement element : group.getAsJsonObject().getAsJsonArray("tests")) {
        JsonObject test = element.getAsJsonObject();
        boolean expected = test.get("result").getAsString().equals("valid");
        assertThat(
                key.verifies(
                    HEX.parseHex(test.get("msg").getAsString()),
                    HEX.parseHex(test.get("sig").getAsString())))
            .as("test %s, %s", test.get("tcId"), test.get("comment"))
            .isEqualTo(expected);
        valid += expected ? 1 : 0;
        invalid += expected ? 0 : 1;
      }
    }
    assertThat(valid).isEqualTo(88);
    assertThat(invalid).isEqualTo(63);
  }

  private static JsonArray vectors() throws IOException {
    try (var in = VerificationKeyTest.class.getResourceAsStream("ed25519_test.json");
        var reader = new InputStreamReader(in, StandardCharsets.UTF_8)) {
      return JsonParser.parseReader(reader).getAsJsonObject().getAsJsonArray("testGroups");
    }
  }

  /** RFC 8032, section 7.1, tests 1 to 3. */
  @ParameterizedTest
  @CsvSource({
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60,"
        + "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a,'',"
        + "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb,"
        + "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c,72,"
        + "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7,"
        + "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025,af82,"
        + "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
  })
  void signsAsTheStandardSays(String seed, String point, String message, String signature)
      throws IOException {
    SigningKey key = SigningKey.of(HEX.parseHex(PKCS8 + seed));
    assertThat(key.verification()).isEqualTo(key(point));
    byte[] signed = HEX.parseHex(message);
    assertThat(HEX.formatHex(key.sign(signed))).isEqualTo(signature);
    assertThat(HEX.formatHex(key.sign(signed))).as("again").isEqualTo(signature);
    assertThat(key.verification().verifies(signed, HEX.parseHex(signature))).isTrue();
    assertThat(key.toString()).doesNotContain(seed);
  }

  @Test
  void theIdIsTheDigestOfTheDer() throws IOException {
    // by: openssl pkey -pubout -outform der | sha256sum
    assertThat(key("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a").id())
        .isEqualTo("06e3fd8fda29bb60ab59557de61edb0aecdb231134be30e75b455f8e1b792fa9");
  }

  /** All encodings of the eight points of small order, and all of y at or above the prime. */
  static Stream<String> weakPoints() {
    Set<String> points =
        new LinkedHashSet<>(
            List.of(
                "0000000000000000000000000000000000000000000000000000000000000000",
                "0100000000000000000000000000000000000000000000000000000000000000",
                "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"));
    BigInteger prime = BigInteger.ONE.shiftLeft(255).subtract(BigInteger.valueOf(19));
    for (int above = 0; above < 19; above++) {
      points.add(littleEndian(prime.add(BigInteger.valueOf(above))));
    }
    return points.stream().flatMap(point -> Stream.of(point, withSign(point)));
  }

  private static String littleEndian(BigInteger number) {
    byte[] bytes = new byte[32];
    byte[] big = number.toByteArray();
    for (int i = 0; i < big.length && i < 32; i++) {
      bytes[i] = big[big.length - 1 - i];
    }
    return HEX.formatHex(bytes);
  }

  private static String withSign(String point) {
    byte[] bytes = HEX.parseHex(point);
    bytes[31] |= (byte) 0x80;
    return HEX.formatHex(bytes);
  }

  @ParameterizedTest
  @MethodSource("weakPoints")
  void refusesPointsOfSmallOrderAndSecondEncodings(String point) {
    assertThatThrownBy(() -> key(point))
        .isInstanceOfSatisfying(KeyRefusedException.class, e -> assertThat(e.weak()).isTrue());
  }

  /** The point of RFC 8032's test 1 plus points of order 8, 4 and 2; and y that are no point. */
  @ParameterizedTest
  @CsvSource({
    "3b5b475c4b82dd1572799fc546f4c6c03e478c6654aa4c7f945b347ea32af60d",
    "40c7570f4dd54835b9131184410ed4a0cc93e7d9ad053cbc6d07a62426999582",
    "16a567fe7d4ef5482ab4012c369bf8c5f11e8d0c2559dcda50fde59708f8aee5",
    "0200000000000000000000000000000000000000000000000000000000000000",
    "0700000000000000000000000000000000000000000000000000000000000000"
  })
  void refusesPointsOutsideOfTheLargeGroup(String point) {
    assertThatThrownBy(() -> key(point))
        .isInstanceOfSatisfying(KeyRefusedException.class, e -> assertThat(e.weak()).isTrue());
  }

  /** Why the check is there: the JDK itself takes a signature that nobody made. */
  @Test
  void theJdkAloneWouldTakeAForgery() throws GeneralSecurityException {
    String identity = "01" + "00".repeat(31);
    byte[] forged = HEX.parseHex(identity + "00".repeat(32));
    Signature check = Signature.getInstance("Ed25519");
    check.initVerify(
        KeyFactory.getInstance("Ed25519")
            .generatePublic(new X509EncodedKeySpec(HEX.parseHex(SPKI + identity))));
    check.update(new byte[] {1, 2, 3});
    assertThat(check.verify(forged)).isTrue();
  }

  @Test
  void refusesSignaturesInASecondForm() throws IOException {
    SigningKey key = SigningKey.generate();
    byte[] message = {1, 2, 3};
    byte[] good = key.sign(message);
    assertThat(key.verification().verifies(message, good)).isTrue();
    BigInteger order =
        BigInteger.ONE.shiftLeft(252).add(new BigInteger("27742317777372353535851937790883648493"));
    byte[] second = good.clone();
    byte[] half = new byte[32];
    System.arraycopy(good, 32, half, 0, 32);
    byte[] larger = HEX.parseHex(littleEndian(EdwardsPoint.littleEndian(half).add(order)));
    System.arraycopy(larger, 0, second, 32, 32);
    assertThat(key.verification().verifies(message, second)).isFalse();
    for (int bit = 0; bit < 8 * good.length; bit++) {
      byte[] flipped = good.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(key.verification().verifies(message, flipped)).as("bit %d", bit).isFalse();
    }
    for (int length : new int[] {0, 32, 63, 65}) {
      assertThat(key.verification().verifies(message, java.util.Arrays.copyOf(good, length)))
          .isFalse();
    }
    assertThat(SigningKey.generate().verification().verifies(message, good)).isFalse();
  }

  @Test
  void refusesWhatIsNoEd25519Key() {
    for (String der : new String[] {"", "30", SPKI, SPKI + "00".repeat(33), "00".repeat(44)}) {
      assertThatThrownBy(() -> VerificationKey.of(HEX.parseHex(der)))
          .isInstanceOfSatisfying(KeyRefusedException.class, e -> assertThat(e.weak()).isFalse())
          .hasMessageContaining("fmn patch keygen");
    }
  }
}

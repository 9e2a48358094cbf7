package dev.forgetmenot.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.keys.KeyRefusedException;
import dev.forgetmenot.keys.SigningKey;
import dev.forgetmenot.keys.VerificationKey;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Statements in envelopes: by the vectors of the standards, by another verifier, and changed. */
class SignedStatementTest {
  /** The first key of RFC 8032, section 7.1. */
  private static final String SEED =
      "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";

  private static final SigningKey RFC = rfcKey();
  private static final SigningKey BEN = SigningKey.generate();
  private static final String ID = "ab".repeat(32);
  private static final Statement STATEMENT =
      new Statement(
          List.of(
              ResourceDescriptor.of("manifest.json", "sha256", ID, Map.of("patch", "a.fmnpatch"))),
          "https://in-toto.io/attestation/test-result/v0.1",
          Map.of("result", "PASSED", "configuration", List.of()));

  @TempDir Path folder;

  private static SigningKey rfcKey() {
    try {
      return SigningKey.of(HexFormat.of().parseHex("302e020100300506032b657004220420" + SEED));
    } catch (KeyRefusedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** By an independent implementation of DSSE and of Ed25519. */
  @Test
  void signsTheVectorOfTheKeyOfRfc8032() {
    byte[] body = utf8("{\"_type\":\"https://in-toto.io/Statement/v1\"}");
    byte[] encoded = DsseEnvelope.preAuthentication(SignedStatement.PAYLOAD_TYPE, body);
    assertThat(encoded)
        .asString(StandardCharsets.UTF_8)
        .startsWith("DSSEv1 28 application/vnd.in-toto+json 43 {");
    assertThat(Sha256.hex(encoded))
        .isEqualTo("57dd565335c70baa2e9fc48a46e80907434e3c6ea2342ef806dad983891349cd");
    assertThat(RFC.verification().id())
        .isEqualTo("06e3fd8fda29bb60ab59557de61edb0aecdb231134be30e75b455f8e1b792fa9");
    assertThat(DsseEnvelope.sign(SignedStatement.PAYLOAD_TYPE, body, RFC).sig())
        .isEqualTo(
            "2WAfaHm5jluo0w+0rk8uVkluELJYWjSmU9x7EUzx+AyteDGJ4/nqyJXfmAUVFIAoQafWm7AxBZNw5M9ixNHiCA==");
  }

  @Test
  void anotherVerifierAgreesByteForByte() {
    JsonObject json = envelope();
    byte[] payload = Base64.getDecoder().decode(json.get("payload").getAsString());
    byte[] signed = encoded(payload);
    JsonObject signature = signature(json);
    byte[] sig = Base64.getDecoder().decode(signature.get("sig").getAsString());
    byte[] spki = Base64.getDecoder().decode(signature.get("publicKey").getAsString());
    Ed25519Signer verifier = new Ed25519Signer();
    verifier.init(false, new Ed25519PublicKeyParameters(spki, spki.length - 32));
    verifier.update(signed, 0, signed.length);
    assertThat(verifier.verifySignature(sig)).isTrue();

    Ed25519Signer signer = new Ed25519Signer();
    signer.init(true, new Ed25519PrivateKeyParameters(HexFormat.of().parseHex(SEED), 0));
    signer.update(signed, 0, signed.length);
    assertThat(signer.generateSignature()).isEqualTo(sig);
    assertThat(payload)
        .asString(StandardCharsets.UTF_8)
        .startsWith(
            "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"name\":\"manifest.json\","
                + "\"digest\":{\"sha256\":\""
                + ID
                + "\"},\"annotations\":{\"patch\":\"a.fmnpatch\"}}],\"predicateType\":");
  }

  /** What another program wrote: other members, no public key, names and digests as they come. */
  @Test
  void readsWhatOthersWrite() throws IOException {
    byte[] payload =
        utf8(
            """
            {"predicateType": "https://example.com/x", "note": {"a": [1]}, "predicate": {},
             "subject": [{"uri": "https://example.com", "digest": {"sha512": "00", "sha1": "11"}},
                         {"digest": {"sha256": "%s"}, "mediaType": "text/plain"}],
             "_type": "https://in-toto.io/Statement/v1"}
            """
                .formatted(ID)
                .strip());
    JsonObject json = envelopeOf(SignedStatement.PAYLOAD_TYPE, payload, BEN);
    signature(json).remove("publicKey");
    signature(json).remove("keyid");
    signature(json).addProperty("cert", "x");
    json.addProperty("other", 1);
    SignedStatement read = read(json, RFC.verification(), BEN.verification());
    assertThat(read.signers()).containsExactly(BEN.verification());
    assertThat(read.statement().predicateType()).isEqualTo("https://example.com/x");
    assertThat(read.statement().about(ID)).isPresent();
    assertThat(read.statement().about("00")).as("a digest of another kind").isEmpty();
    assertThat(read.statement().about("cd".repeat(32))).isEmpty();
    assertError(() -> read(json, RFC.verification()), PatchError.UNKNOWN_KEY);
    assertError(() -> read(json), PatchError.UNKNOWN_KEY);
  }

  @Test
  void readsBothAlphabetsAndBothTypes() throws IOException {
    JsonObject json = envelope();
    JsonObject url = json.deepCopy();
    url.addProperty("payload", url(json.get("payload").getAsString()));
    String sig = signature(json).get("sig").getAsString();
    assertThat(sig).as("a signature that the alphabets write differently").containsPattern("[+/]");
    signature(url).addProperty("sig", url(sig).replace("=", ""));
    assertThat(read(url)).isEqualTo(read(json));
    signature(url).addProperty("sig", "-" + sig);
    assertError(() -> read(url), PatchError.TYPE_OR_RANGE);

    byte[] payload = STATEMENT.bytes();
    String type = "application/vnd.in-toto.test-result+json";
    assertThat(read(envelopeOf(type, payload, RFC)).statement()).isEqualTo(read(json).statement());
    JsonObject relabelled = json.deepCopy();
    relabelled.addProperty("payloadType", type);
    assertError(() -> read(relabelled), PatchError.BAD_SIGNATURE);
    for (String other : List.of("application/json", "application/vnd.in-toto+JSON", "")) {
      assertError(() -> read(envelopeOf(other, payload, RFC)), PatchError.PAYLOAD_DIFFERS);
    }
  }

  /** Neither can pass as the other. */
  @Test
  void aStatementIsNoManifestAndTheReverse() {
    byte[] payload = STATEMENT.bytes();
    byte[] statement = SignedStatement.envelope(STATEMENT, RFC);
    assertError(() -> DsseEnvelope.read("x", statement, payload), PatchError.PAYLOAD_DIFFERS);
    JsonObject manifest = envelopeOf(DsseEnvelope.PAYLOAD_TYPE, payload, RFC);
    assertError(() -> read(manifest), PatchError.PAYLOAD_DIFFERS);
    manifest.addProperty("payloadType", SignedStatement.PAYLOAD_TYPE);
    assertError(() -> read(manifest), PatchError.BAD_SIGNATURE);
  }

  @Test
  void refusesOtherPayloadsAndSignatures() throws IOException {
    JsonObject changed = envelope();
    String failed = new String(STATEMENT.bytes(), StandardCharsets.UTF_8).replace("PASS", "FAIL");
    changed.addProperty("payload", Base64.getEncoder().encodeToString(utf8(failed)));
    assertError(() -> read(changed), PatchError.BAD_SIGNATURE);
    JsonObject bens = envelope();
    signature(bens).addProperty("publicKey", BEN.verification().base64());
    assertError(() -> read(bens), PatchError.BAD_SIGNATURE);

    JsonObject two = envelope();
    JsonArray signatures = two.getAsJsonArray("signatures");
    signatures.add(signature(envelopeOf(SignedStatement.PAYLOAD_TYPE, STATEMENT.bytes(), BEN)));
    assertThat(read(two).signers())
        .containsExactlyInAnyOrder(RFC.verification(), BEN.verification());
    signatures.get(1).getAsJsonObject().addProperty("sig", "AAAA");
    assertError(() -> read(two), PatchError.BAD_SIGNATURE);
    signatures.get(1).getAsJsonObject().addProperty("publicKey", "MAA="); // another kind of key
    assertThat(read(two).signers()).containsExactly(RFC.verification());
    while (signatures.size() < 17) {
      signatures.add(signatures.get(0));
    }
    assertError(() -> read(two), PatchError.TYPE_OR_RANGE);
    two.add("signatures", new JsonArray());
    assertError(() -> read(two), PatchError.TYPE_OR_RANGE);

    JsonObject weak = envelope();
    byte[] neutral = HexFormat.of().parseHex("302a300506032b657003210001" + "00".repeat(31));
    signature(weak).addProperty("publicKey", Base64.getEncoder().encodeToString(neutral));
    assertError(() -> read(weak), PatchError.WEAK_KEY);
  }

  @Test
  void refusesWhatIsNoStatement() {
    for (String[] wrong :
        new String[][] {
          {"Statement/v1", "Statement/v0.1", "206"},
          {"\"subject\":[", "\"subjects\":[", "206"},
          {"\"sha256\":\"" + ID + "\"", "\"sha256\":1", "206"},
          {"{\"_type\"", "{\"_type\":\"x\",\"_type\"", "203"},
          {"\"predicateType\":\"", "\"predicateType\":\"\",\"x\":\"", "206"},
          {"\"subject\":[", "\"subject\":[],\"x\":[", "209"},
        }) {
      String text = new String(STATEMENT.bytes(), StandardCharsets.UTF_8);
      byte[] payload = utf8(text.replace(wrong[0], wrong[1]));
      assertThat(payload).as(wrong[1]).isNotEqualTo(STATEMENT.bytes());
      assertThatThrownBy(() -> read(envelopeOf(SignedStatement.PAYLOAD_TYPE, payload, RFC)))
          .as(wrong[1])
          .hasMessageContaining("FMN-" + wrong[2]);
    }
  }

  @Test
  void refusesEveryFlippedByteOfThePayloadAndMoreThanFourMebibytes() throws IOException {
    byte[] good = SignedStatement.envelope(STATEMENT, RFC);
    int from = new String(good, StandardCharsets.UTF_8).indexOf("payload\":\"") + 10;
    int length = envelope().get("payload").getAsString().length();
    for (int at = from; at < from + length; at++) {
      byte[] bytes = good.clone();
      bytes[at] ^= 0x03;
      assertThat(catchThrowable(() -> SignedStatement.read("x", bytes, List.of())))
          .as("byte %d", at)
          .isInstanceOf(PatchFormatException.class);
    }
    byte[] full = padded(good, Statement.BYTES);
    assertThat(SignedStatement.read("x", full, List.of()).signers()).hasSize(1);
    Path large = Files.write(folder.resolve("large.json"), padded(good, Statement.BYTES + 1));
    assertError(() -> SignedStatement.read(large, List.of()), PatchError.TOO_DEEP_OR_LARGE);
  }

  @Test
  void liesBesideWhatItSpeaksOf() throws IOException {
    Path patch = Files.createFile(folder.resolve("a.fmnpatch"));
    Path file = SignedStatement.fileOf(patch, RFC.verification());
    assertThat(file).isEqualTo(folder.resolve("a.fmnpatch.test-result.06e3fd8f.json"));
    assertThat(SignedStatement.beside(patch)).isEmpty();
    SignedStatement.write(file, STATEMENT, RFC);
    byte[] once = Files.readAllBytes(file);
    SignedStatement.write(file, STATEMENT, RFC);
    assertThat(file).hasBinaryContent(once);
    Files.createFile(folder.resolve("b.fmnpatch.test-result.06e3fd8f.json"));
    Files.createDirectory(folder.resolve("a.fmnpatch.test-result.00000000.json"));
    assertThat(SignedStatement.beside(patch)).containsExactly(file);
    assertThat(SignedStatement.read(file, List.of()).statement().about(ID).orElseThrow().name())
        .isEqualTo("manifest.json");
    Statement huge = new Statement(STATEMENT.subjects(), "x", Map.of("text", "a".repeat(9 << 10)));
    assertError(() -> SignedStatement.write(file, huge, RFC), PatchError.TOO_DEEP_OR_LARGE);
    assertThat(file).as("as it was").hasBinaryContent(once);
  }

  private static byte[] padded(byte[] json, int length) {
    byte[] all = Arrays.copyOf(json, length);
    Arrays.fill(all, json.length, length, (byte) ' ');
    return all;
  }

  private static SignedStatement read(JsonObject json, VerificationKey... known)
      throws PatchFormatException {
    return SignedStatement.read("x", utf8(json.toString()), List.of(known));
  }

  private static JsonObject envelope() {
    return JsonParser.parseString(
            new String(SignedStatement.envelope(STATEMENT, RFC), StandardCharsets.UTF_8))
        .getAsJsonObject();
  }

  private static JsonObject envelopeOf(String type, byte[] payload, SigningKey key) {
    byte[] json = DsseEnvelope.write(type, payload, List.of(DsseEnvelope.sign(type, payload, key)));
    return JsonParser.parseString(new String(json, StandardCharsets.UTF_8)).getAsJsonObject();
  }

  private static JsonObject signature(JsonObject envelope) {
    return envelope.getAsJsonArray("signatures").get(0).getAsJsonObject();
  }

  /** Written out here once more, so that it is not the code under test. */
  private static byte[] encoded(byte[] payload) {
    byte[] head = utf8("DSSEv1 28 application/vnd.in-toto+json " + payload.length + " ");
    byte[] all = Arrays.copyOf(head, head.length + payload.length);
    System.arraycopy(payload, 0, all, head.length, payload.length);
    return all;
  }

  private static String url(String base64) {
    return base64.replace('+', '-').replace('/', '_');
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void assertError(ThrowingCallable call, PatchError error) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            PatchFormatException.class,
            e -> assertThat(e.error()).as(e.getMessage()).isEqualTo(error));
  }
}

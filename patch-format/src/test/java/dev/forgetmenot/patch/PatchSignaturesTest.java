package dev.forgetmenot.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.keys.SigningKey;
import dev.forgetmenot.keys.VerificationKey;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signing, inside the file and beside it, and every way in which a signature can be wrong. */
class PatchSignaturesTest {
  private static final SigningKey ANN = SigningKey.generate();
  private static final SigningKey BEN = SigningKey.generate();

  @TempDir Path folder;
  private Path file;
  private byte[] manifest;

  @BeforeEach
  void writeAPatch() throws IOException {
    file = write("a.fmnpatch", 1);
    manifest = manifestOf(file);
  }

  private Path write(String name, float first) throws IOException {
    Path path = folder.resolve(name);
    PatchFileTest.write(path, first);
    return path;
  }

  private static byte[] manifestOf(Path patch) throws IOException {
    try (PatchFile open = PatchFile.open(patch)) {
      return open.manifestBytes();
    }
  }

  private static List<VerificationKey> keysIn(Path patch) throws IOException {
    try (PatchFile open = PatchFile.open(patch)) {
      return open.signatures().stream().map(PatchSignature::key).toList();
    }
  }

  /** The example of DSSE's own specification. */
  @Test
  void encodesAsTheStandardSays() {
    byte[] body = "hello world".getBytes(StandardCharsets.UTF_8);
    assertThat(DsseEnvelope.preAuthentication("http://example.com/HelloWorld", body))
        .asString(StandardCharsets.UTF_8)
        .isEqualTo("DSSEv1 29 http://example.com/HelloWorld 11 hello world");
    assertThat(DsseEnvelope.preAuthentication("é", new byte[0]))
        .asString(StandardCharsets.UTF_8)
        .isEqualTo("DSSEv1 2 é 0 ");
  }

  @Test
  void addingSignaturesKeepsTheIdAndTheOrderDoesNotMatter() throws IOException {
    String id;
    try (PatchFile patch = PatchFile.open(file)) {
      assertThat(patch.signatures()).isEmpty();
      id = patch.id();
    }
    Path other = folder.resolve("b.fmnpatch");
    Files.copy(file, other);
    PatchSigner.embed(file, ANN);
    byte[] once = Files.readAllBytes(file);
    PatchSigner.embed(file, ANN);
    assertThat(file).as("signed again").hasBinaryContent(once);
    PatchSigner.embed(file, BEN);
    PatchSigner.embed(other, BEN);
    PatchSigner.embed(other, ANN);
    assertThat(other).hasSameBinaryContentAs(file);
    assertThat(keysIn(file)).containsExactlyInAnyOrder(ANN.verification(), BEN.verification());
    assertThat(manifestOf(file)).isEqualTo(manifest);
    try (PatchFile patch = PatchFile.open(file)) {
      assertThat(patch.id()).isEqualTo(id);
      assertThat(SampleEdits.delta(patch, "unet/a.weight")).containsExactly(1, -2, 3, 4);
      List<String> names = patch.archive().names();
      assertThat(names.subList(2, names.size())).isSorted();
    }
  }

  @Test
  void aPatchThatIsTakenApartAndWrittenAgainHasTheBytesOfTheWriter() throws IOException {
    byte[] unsigned = Files.readAllBytes(file);
    PatchSigner.embed(file, ANN);
    RewrittenPatch.without(file, "signatures/" + ANN.verification().id() + ".json");
    assertThat(file).hasBinaryContent(unsigned);
  }

  @Test
  void signsBesideTheFile() throws IOException {
    byte[] before = Files.readAllBytes(file);
    Path beside = PatchSigner.detach(file, ANN);
    assertThat(beside).hasFileName("a.fmnpatch.sig");
    byte[] once = Files.readAllBytes(beside);
    PatchSigner.detach(file, ANN);
    assertThat(beside).hasBinaryContent(once);
    PatchSigner.detach(file, BEN);
    assertThat(file).hasBinaryContent(before);
    try (PatchFile patch = PatchFile.open(file)) {
      assertThat(PatchSigner.readDetached(patch, beside))
          .extracting(PatchSignature::key)
          .containsExactlyInAnyOrder(ANN.verification(), BEN.verification());
    }
    try (PatchFile other = PatchFile.open(write("other.fmnpatch", 2))) {
      assertError(() -> PatchSigner.readDetached(other, beside), PatchError.PAYLOAD_DIFFERS);
    }
  }

  @Test
  void refusesMoreThanSixteenSignatures() throws IOException {
    List<PatchSignature> many = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      PatchSigner.embed(file, SigningKey.generate());
    }
    byte[] full = Files.readAllBytes(file);
    assertError(() -> PatchSigner.embed(file, ANN), PatchError.SIZE_LIMIT);
    assertThat(file).hasBinaryContent(full);
    try (PatchFile patch = PatchFile.open(file)) {
      many.addAll(patch.signatures());
    }
    assertThat(many).hasSize(16);
    many.add(DsseEnvelope.sign(manifest, ANN));
    byte[] envelope = DsseEnvelope.write(manifest, many);
    assertError(() -> read(envelope), PatchError.TYPE_OR_RANGE);
    RewrittenPatch.with(file, entry(ANN), DsseEnvelope.write(manifest, List.of(many.get(16))));
    assertError(() -> PatchFile.open(file).close(), PatchError.SIZE_LIMIT);
  }

  @Test
  void aFullArchiveIsSignedBesideIt() throws IOException {
    PatchDraft draft = PatchFileTest.draft(1);
    Map<String, byte[]> docs = new HashMap<>();
    for (int i = 0; i < 61; i++) {
      docs.put("docs/" + i + ".png", new byte[] {1});
    }
    PatchDraft full =
        new PatchDraft(
            draft.name(),
            draft.description(),
            draft.intent(),
            draft.edits(),
            draft.recipe(),
            draft.evidence(),
            docs);
    PatchWriter.write(file, full, PatchFileTest.base(), "other", PatchFileTest.CREATED);
    byte[] before = Files.readAllBytes(file);
    assertError(() -> PatchSigner.embed(file, ANN), PatchError.SIZE_LIMIT);
    assertThat(file).hasBinaryContent(before);
    try (PatchFile patch = PatchFile.open(file)) {
      Path beside = PatchSigner.detach(file, ANN);
      assertThat(PatchSigner.readDetached(patch, beside)).hasSize(1);
    }
  }

  @Test
  void refusesEveryFlippedByteAndTruncationOfAnEnvelope() throws IOException {
    byte[] good = DsseEnvelope.write(manifest, List.of(DsseEnvelope.sign(manifest, ANN)));
    assertThat(read(good)).hasSize(1);
    for (int at = 0; at < good.length; at++) {
      for (int mask : new int[] {0x01, 0x15, 0x20}) { // 0x20 turns a letter's case
        byte[] bytes = good.clone();
        bytes[at] ^= (byte) mask;
        assertThat(catchThrowable(() -> read(bytes)))
            .as("byte %d, mask %d", at, mask)
            .isInstanceOf(PatchFormatException.class);
      }
      byte[] shorter = Arrays.copyOf(good, at);
      assertThat(catchThrowable(() -> read(shorter)))
          .as("length %d", at)
          .isInstanceOf(PatchFormatException.class);
    }
  }

  @Test
  void refusesEveryFlippedByteOfASignedPatch() throws IOException {
    PatchSigner.embed(file, ANN);
    byte[] good = Files.readAllBytes(file);
    Path bad = folder.resolve("bad.fmnpatch");
    for (int at = 0; at < good.length; at++) {
      byte[] bytes = good.clone();
      bytes[at] ^= 0x15;
      Files.write(bad, bytes);
      assertThat(catchThrowable(() -> PatchFile.open(bad).close()))
          .as("byte %d", at)
          .isInstanceOf(PatchFormatException.class);
    }
  }

  @Test
  void refusesEnvelopesOfOtherThings() {
    JsonObject good = envelope(DsseEnvelope.sign(manifest, ANN));
    String type = "payloadType";
    assertError(() -> read(with(good, type, "application/json")), PatchError.PAYLOAD_DIFFERS);
    byte[] other = "{}".getBytes(StandardCharsets.UTF_8);
    assertError(
        () -> read(DsseEnvelope.write(other, List.of(DsseEnvelope.sign(other, ANN)))),
        PatchError.PAYLOAD_DIFFERS);
    assertError(() -> read(with(good, "note", "x")), PatchError.UNKNOWN_MEMBER);
    assertError(() -> read(with(good, "payload", "?")), PatchError.TYPE_OR_RANGE);
    assertError(
        () -> read(DsseEnvelope.write(manifest, List.<PatchSignature>of())),
        PatchError.TYPE_OR_RANGE);
    PatchSignature signature = DsseEnvelope.sign(manifest, ANN);
    assertError(
        () -> read(DsseEnvelope.write(manifest, List.of(signature, signature))),
        PatchError.INCONSISTENT);
    // a signature over the manifest itself, or over another type, is none over the envelope's
    String bare = Base64.getEncoder().encodeToString(ANN.sign(manifest));
    assertError(() -> read(changed("sig", bare)), PatchError.BAD_SIGNATURE);
    byte[] typed = DsseEnvelope.preAuthentication("application/json", manifest);
    String otherType = Base64.getEncoder().encodeToString(ANN.sign(typed));
    assertError(() -> read(changed("sig", otherType)), PatchError.BAD_SIGNATURE);
  }

  @Test
  void refusesKeysThatAreNotTheSigners() {
    PatchSignature bens = DsseEnvelope.sign(manifest, BEN);
    assertError(() -> read(changed("sig", bens.sig())), PatchError.BAD_SIGNATURE);
    assertError(() -> read(changed("keyid", bens.key().id())), PatchError.BAD_SIGNATURE);
    assertError(() -> read(changed("publicKey", bens.key().base64())), PatchError.BAD_SIGNATURE);
    assertError(() -> read(changed("keyid", "x")), PatchError.TYPE_OR_RANGE);
    assertError(() -> read(changed("sig", "AAAA")), PatchError.BAD_SIGNATURE);
    String url = bens.sig().replace('+', '-').replace('/', '_').replace("=", "");
    assertError(() -> read(changed("sig", url)), PatchError.TYPE_OR_RANGE);
    byte[] rsa = HexFormat.of().parseHex("3000");
    assertError(() -> read(changed("publicKey", base64(rsa))), PatchError.BAD_SIGNATURE);
  }

  /** Under the neutral point the signature (neutral point, 0) would be right for any message. */
  @Test
  void refusesWeakKeysAndTheirForgeries() {
    String identity = "01" + "00".repeat(31);
    byte[] spki = HexFormat.of().parseHex("302a300506032b6570032100" + identity);
    JsonObject json = envelope(DsseEnvelope.sign(manifest, ANN));
    JsonObject signature = json.getAsJsonArray("signatures").get(0).getAsJsonObject();
    signature.addProperty("publicKey", base64(spki));
    signature.addProperty("keyid", Sha256.hex(spki));
    signature.addProperty("sig", base64(HexFormat.of().parseHex(identity + "00".repeat(32))));
    assertError(() -> read(bytes(json)), PatchError.WEAK_KEY);
  }

  @Test
  void refusesEntriesUnderAnotherName() throws IOException {
    PatchSignature anns = DsseEnvelope.sign(manifest, ANN);
    PatchSignature bens = DsseEnvelope.sign(manifest, BEN);
    byte[] unsigned = Files.readAllBytes(file);
    RewrittenPatch.with(file, entry(ANN), DsseEnvelope.write(manifest, List.of(bens)));
    assertError(() -> PatchFile.open(file).close(), PatchError.BAD_SIGNATURE);
    Files.write(file, unsigned);
    RewrittenPatch.with(file, entry(ANN), DsseEnvelope.write(manifest, List.of(anns, bens)));
    assertError(() -> PatchFile.open(file).close(), PatchError.BAD_SIGNATURE);
    for (String name :
        new String[] {
          "signatures/readme.md",
          "signatures/" + ANN.verification().id(),
          "signatures/a/" + ANN.verification().id() + ".json",
          "signature/" + ANN.verification().id() + ".json"
        }) {
      Files.write(file, unsigned);
      RewrittenPatch.with(file, name, DsseEnvelope.write(manifest, List.of(anns)));
      assertError(() -> PatchFile.open(file).close(), PatchError.UNLISTED);
    }
  }

  @Test
  void aSignatureOfAnotherPatchIsRefused() throws IOException {
    Path other = write("other.fmnpatch", 2);
    byte[] foreign = manifestOf(other);
    RewrittenPatch.with(
        file, entry(ANN), DsseEnvelope.write(foreign, List.of(DsseEnvelope.sign(foreign, ANN))));
    assertError(() -> PatchFile.open(file).close(), PatchError.PAYLOAD_DIFFERS);
    assertThatThrownBy(() -> PatchSigner.embed(file, BEN))
        .as("a file that is refused is not signed either")
        .isInstanceOf(PatchFormatException.class);
  }

  private static String entry(SigningKey key) {
    return "signatures/" + key.verification().id() + ".json";
  }

  private List<PatchSignature> read(byte[] json) throws PatchFormatException {
    return DsseEnvelope.read("x.sig", json, manifest);
  }

  private JsonObject envelope(PatchSignature signature) {
    byte[] json = DsseEnvelope.write(manifest, List.of(signature));
    return JsonParser.parseString(new String(json, StandardCharsets.UTF_8)).getAsJsonObject();
  }

  /** An envelope of Ann's with one member of her signature changed. */
  private byte[] changed(String member, String value) {
    JsonObject json = envelope(DsseEnvelope.sign(manifest, ANN));
    json.getAsJsonArray("signatures").get(0).getAsJsonObject().addProperty(member, value);
    return bytes(json);
  }

  private static byte[] with(JsonObject json, String member, String value) {
    JsonObject copy = json.deepCopy();
    copy.addProperty(member, value);
    return bytes(copy);
  }

  private static byte[] bytes(JsonObject json) {
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static void assertError(ThrowingCallable call, PatchError error) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            PatchFormatException.class,
            e -> assertThat(e.error()).as(e.getMessage()).isEqualTo(error));
  }
}

package dev.forgetmenot.oci;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.keys.KeyFile;
import dev.forgetmenot.keys.SigningKey;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.PatchSigner;
import dev.forgetmenot.patch.ResourceDescriptor;
import dev.forgetmenot.patch.SignedStatement;
import dev.forgetmenot.patch.Statement;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands with a registry that does what it should. */
class PushPullTest extends RegistryRuns {
  @Test
  void theProgramListsThem() {
    assertThat(run("patch", "--help")).isZero();
    assertThat(said).contains("push", "pull");
    assertThat(run("patch", "pull", "--help")).isZero();
    assertThat(said).contains("--password-stdin", "--trust-store", "--overwrite");
  }

  @Test
  void whatIsPushedIsPulledByteForByte() throws IOException {
    push();
    assertThat(said)
        .contains("not signed", "pushed forget-a 1.0.0", "as " + registry.named(":1"))
        .containsPattern("digest localhost:\\d+/a/b@sha256:[0-9a-f]{64}");
    String digest = said.replaceFirst("(?s).*@(sha256:\\w+).*", "$1");
    assertThat(pull(":1")).as(said).isZero();
    assertThat(pulled).hasSameBinaryContentAs(patch);
    assertThat(said)
        .contains("pulled " + registry.named("@" + digest), "forget-a 1.0.0", "signed     no")
        .contains("not trusted: FMN-401", "wrote " + pulled);
    assertThat(pull("@" + digest, "--overwrite")).as(said).isZero();
    assertThat(registry.requests).allMatch(request -> request.authorization().equals("null"));
  }

  @Test
  void theSamePatchHasTheSameDigestAndIsSentOnce() {
    push();
    List<String> first = List.copyOf(registry.manifests.keySet());
    byte[] manifest = registry.manifests.get("1");
    push();
    assertThat(said).contains(", was there)");
    assertThat(registry.manifests.keySet()).containsExactlyElementsOf(first);
    assertThat(registry.manifests.get("1")).isEqualTo(manifest);
    assertThat(registry.requests).filteredOn(request -> request.method().equals("POST")).hasSize(2);
    assertThat(registry.blobs).hasSize(2);
  }

  @Test
  void itIsSaidWhoSigned() throws IOException {
    SigningKey key = SigningKey.generate();
    PatchSigner.embed(patch, key);
    push();
    assertThat(said).doesNotContain("not signed");
    String store = folder.resolve("trust.json").toString();
    assertThat(pull(":1", "--trust-store", store)).as(said).isZero();
    assertThat(said)
        .contains("by " + key.verification().id() + ", a key that you do not know", "FMN-403");
    KeyFile.write(folder.resolve("ann"), key);
    Path half = KeyFile.publicOf(folder.resolve("ann"));
    assertThat(
            run("patch", "trust", half.toString(), "--label=Ann", "--yes", "--trust-store", store))
        .as(said)
        .isZero();
    assertThat(pull(":1", "--trust-store", store, "--overwrite")).as(said).isZero();
    assertThat(said).contains("good: by Ann, whom you trust").doesNotContain("not trusted");
  }

  @Test
  void signaturesBesideStayAndThatIsSaid() throws IOException {
    PatchSigner.detach(patch, SigningKey.generate());
    push();
    assertThat(said).contains("a.fmnpatch.sig stay here");
  }

  @Test
  void statementsGoWithThePatch() throws IOException {
    SigningKey key = SigningKey.generate();
    state(patch, PatchFile.header(patch).id(), key);
    state(patch, "ab".repeat(32), SigningKey.generate());
    push();
    String end = ".test-result." + key.verification().id().substring(0, 8) + ".json";
    assertThat(said)
        .contains("with the statements " + end + "\n", " stays here: it speaks of another patch");
    assertThat(registry.blobs).hasSize(3);
    assertThat(new String(registry.manifests.get("1"), StandardCharsets.UTF_8))
        .contains("application/vnd.dsse.envelope.v1+json", "forget-a-1.0.0.fmnpatch" + end);
    assertThat(pull(":1")).as(said).isZero();
    Path beside = SignedStatement.fileOf(pulled, key.verification());
    assertThat(beside).hasSameBinaryContentAs(SignedStatement.fileOf(patch, key.verification()));
    assertThat(said).contains("wrote " + beside, "stated     by " + key.verification().id());

    Files.delete(pulled);
    Files.writeString(beside, "mine");
    assertThat(pull(":1")).as(said).isZero();
    assertThat(beside).hasContent("mine");
    assertThat(pull(":1", "--overwrite")).as(said).isZero();
    assertThat(beside).hasSameBinaryContentAs(SignedStatement.fileOf(patch, key.verification()));
  }

  @Test
  void aStatementThatIsWrongIsLeftOut() throws IOException {
    SigningKey key = SigningKey.generate();
    state(patch, PatchFile.header(patch).id(), key);
    push();
    byte[] bytes = Files.readAllBytes(SignedStatement.fileOf(patch, key.verification()));
    bytes[40] ^= 1;
    byte[] good = Files.readAllBytes(SignedStatement.fileOf(patch, key.verification()));
    String manifest = new String(registry.manifests.get("1"), StandardCharsets.UTF_8);
    Descriptor before = ArtifactManifest.statement(good);
    Descriptor after = ArtifactManifest.statement(bytes);
    registry.blobs.put(after.digest(), bytes);
    registry.manifests.put(
        "2", FakeRegistry.text(manifest.replace(before.digest(), after.digest())));
    assertThat(pull(":2")).as(said).isZero();
    assertThat(said).contains("a statement is left out: FMN-402");
    assertThat(SignedStatement.beside(pulled)).isEmpty();

    state(patch, "ab".repeat(32), key); // of another patch, as long as its own
    byte[] foreign = Files.readAllBytes(SignedStatement.fileOf(patch, key.verification()));
    Descriptor other = ArtifactManifest.statement(foreign);
    assertThat(other.size()).isEqualTo(before.size());
    registry.blobs.put(other.digest(), foreign);
    registry.manifests.put(
        "4", FakeRegistry.text(manifest.replace(before.digest(), other.digest())));
    assertThat(pull(":4", "--overwrite")).as(said).isZero();
    assertThat(said).contains("is of another patch: left out");
    assertThat(SignedStatement.beside(pulled)).isEmpty();

    registry.blobs.put(before.digest(), bytes);
    Files.delete(pulled);
    assertRefused(pull(":1"), "FMN-741", "sent other bytes than were asked for");
    registry.manifests.put(
        "3",
        FakeRegistry.text(
            manifest.replaceFirst("(\"sha256:\\w+\",\"size\":)" + bytes.length, "$1" + (5 << 20))));
    assertRefused(pull(":3"), "FMN-741", "has 1 statements, or one of more than 4194304 bytes");
  }

  private static void state(Path patch, String id, SigningKey key) throws IOException {
    ResourceDescriptor subject = ResourceDescriptor.of("manifest.json", "sha256", id, Map.of());
    Statement statement =
        new Statement(
            List.of(subject),
            "https://in-toto.io/attestation/test-result/v0.1",
            Map.of("result", "PASSED", "configuration", List.of()));
    SignedStatement.write(SignedStatement.fileOf(patch, key.verification()), statement, key);
  }

  @Test
  void aFileThatIsThereIsKept() throws IOException {
    push();
    Files.writeString(pulled, "mine");
    int before = registry.requests.size();
    assertThat(pull(":1")).isEqualTo(1);
    assertThat(said).contains("exists already: give --overwrite");
    assertThat(pulled).hasContent("mine");
    assertThat(registry.requests).as("nothing was asked").hasSize(before);
    assertThat(pull(":1", "--overwrite")).as(said).isZero();
    PatchFile.open(pulled).close();
  }

  @Test
  void whatCannotBeWrittenIsKnownBefore() {
    assertThat(run("patch", "pull", registry.named(":1"), "-o", "no-such-folder/a.fmnpatch"))
        .isEqualTo(1);
    assertThat(said).contains("a file in a folder that is there");
    assertThat(registry.requests).isEmpty();
  }

  @Test
  void onlyPatchesArePushed() throws IOException {
    Files.writeString(patch, "not a patch");
    assertThat(run("patch", "push", patch.toString(), registry.named(":1"))).isEqualTo(1);
    assertThat(said).contains("FMN-101");
    assertThat(registry.requests).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost:1/a", "localhost:1/A:1", "a:1"})
  void aPushNeedsARegistryANameAndATag(String target) {
    assertThat(run("patch", "push", patch.toString(), target)).isEqualTo(2);
    assertThat(said).containsAnyOf("has no tag", "lower-case", "registry");
  }

  @Test
  void aRegistryThatDoesNotRunIsNamed() throws IOException {
    registry.close();
    assertRefused(pull(":1"), "FMN-741", "http://localhost:", "does not answer", "whether it runs");
  }

  @Test
  void aTagThatIsNotThereIsNamed() throws IOException {
    assertRefused(pull(":2"), "FMN-741", registry.named(":2"), "404", "check name and tag");
  }
}

package dev.forgetmenot.oci;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.keys.KeyFile;
import dev.forgetmenot.keys.SigningKey;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.PatchSigner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

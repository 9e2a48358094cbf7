package dev.forgetmenot.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.host.cli.shell.RemoteFailure;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.PatchMetadata;
import dev.forgetmenot.testkit.SmallPatch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The bytes under which a patch lies in a registry. */
class ArtifactManifestTest {
  private static final String SHA = "c".repeat(64);

  @TempDir private Path folder;

  private Manifest patch() throws IOException {
    PatchDraft small = SmallPatch.draft("forget-merlin", 1);
    PatchDraft draft =
        new PatchDraft(
            small.name(),
            "Forgets \"Merlin\" & <others>.",
            new Manifest.Intent(
                "forget",
                List.of(
                    new Manifest.IntentConcept("merlin", "identity", List.of("merlin")),
                    new Manifest.IntentConcept("soccer ball", "object", List.of("soccer ball")))),
            small.edits(),
            small.recipe(),
            List.of(),
            small.docs(),
            new PatchMetadata(
                "1.2.0",
                "CC0-1.0",
                List.of("Ann", "Bob"),
                Manifest.Stacking.NONE,
                Optional.empty()));
    return PatchFile.header(SmallPatch.write(folder.resolve("a.fmnpatch"), draft)).manifest();
  }

  /** Checked by hand against image-spec 1.1 and what ORAS writes for the same. */
  @Test
  void theBytesAreThese() throws IOException {
    byte[] written =
        ArtifactManifest.write(
            patch(), "a".repeat(64), ArtifactManifest.layer(SHA, 1234), new TreeMap<>());
    assertThat(new String(written, StandardCharsets.UTF_8))
        .isEqualTo(
            """
            {"schemaVersion":2,\
            "mediaType":"application/vnd.oci.image.manifest.v1+json",\
            "artifactType":"application/vnd.fmnpatch.v1",\
            "config":{"mediaType":"application/vnd.oci.empty.v1+json",\
            "digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",\
            "size":2,"data":"e30="},\
            "layers":[{"mediaType":"application/vnd.fmnpatch+zip",\
            "digest":"sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc",\
            "size":1234,\
            "annotations":{"org.opencontainers.image.title":"forget-merlin-1.2.0.fmnpatch"}}],\
            "annotations":{"dev.forgetmenot.patch.base":"base (other)",\
            "dev.forgetmenot.patch.concepts":"merlin, soccer ball",\
            "dev.forgetmenot.patch.id":\
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",\
            "dev.forgetmenot.patch.operation":"forget",\
            "org.opencontainers.image.authors":"Ann, Bob",\
            "org.opencontainers.image.created":"2026-01-01T00:00:00Z",\
            "org.opencontainers.image.description":"Forgets \\"Merlin\\" & <others>.",\
            "org.opencontainers.image.licenses":"CC0-1.0",\
            "org.opencontainers.image.version":"1.2.0"}}""");
    assertThat(ArtifactManifest.read("x", written)).isEqualTo(ArtifactManifest.layer(SHA, 1234));
  }

  @Test
  void whatThePatchDoesNotSayIsLeftOut() throws IOException {
    Path file = SmallPatch.write(folder.resolve("b.fmnpatch"), "forget-b", 1);
    byte[] written =
        ArtifactManifest.write(
            PatchFile.header(file).manifest(),
            SHA,
            ArtifactManifest.layer(SHA, 1),
            new TreeMap<>());
    assertThat(new String(written, StandardCharsets.UTF_8))
        .contains("image.description")
        .doesNotContain("authors", "licenses", "concepts");
  }

  private static final String PATCH_LAYER =
      "{\"mediaType\":\"application/vnd.fmnpatch+zip\",\"digest\":\"sha256:"
          + SHA
          + "\",\"size\":7}";

  private static Descriptor read(String layers) throws RemoteFailure {
    return ArtifactManifest.read("x/y:1", text("{\"layers\":[" + layers + "]}"));
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void otherLayersAndNamesOfFilesAreNotLookedAt() throws RemoteFailure {
    String image = "{\"mediaType\":\"image/png\",\"digest\":\"md5:0\",\"size\":-1}";
    String titled =
        PATCH_LAYER.replaceFirst(
            "}$", ",\"annotations\":{\"org.opencontainers.image.title\":\"../../x\"}}");
    assertThat(read(image + "," + titled)).isEqualTo(ArtifactManifest.layer(SHA, 7));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"layers\":[]} | has no patch",
        "{\"layers\":[7,null,{}]} | has no patch",
        "{\"layers\":{}} | is not an image manifest",
        "{\"schemaVersion\":1} | is not an image manifest",
        "{\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":[]} | but application/vnd.oci.image.index",
        "{\"errors\":[{\"code\":\"DENIED\"}]} | server's error message",
        "[] | not a JSON object",
        "<html></html> | web page",
        "`` | is empty"
      })
  void whatIsNoManifestOfAPatchIsNamed(String json, String said) {
    assertThatThrownBy(() -> ArtifactManifest.read("x/y:1", text(json)))
        .isInstanceOf(RemoteFailure.class)
        .hasMessageContaining(said)
        .hasMessageContaining("x/y:1");
  }

  @ParameterizedTest
  @CsvSource({
    "\"size\":7, \"size\":0",
    "\"size\":7, \"size\":-7",
    "\"size\":7, \"size\":7.5",
    "\"size\":7, \"size\":1e300",
    "\"size\":7, \"size\":\"many\"",
    "\"size\":7, \"other\":7",
    "sha256:, sha512:",
    "sha256:c, sha256:C"
  })
  void digestAndSizeAreStrict(String part, String other) {
    assertThatThrownBy(() -> read(PATCH_LAYER.replace(part, other)))
        .hasMessageContaining("expected sha256:");
  }

  @Test
  void twoPatchesAreTooMany() {
    assertThatThrownBy(() -> read(PATCH_LAYER + "," + PATCH_LAYER))
        .hasMessageContaining("more than one patch");
  }
}

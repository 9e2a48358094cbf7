package dev.forgetmenot.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people type, in parts. */
class ReferenceTest {
  private static final String DIGEST = "sha256:" + "0a".repeat(32);

  @ParameterizedTest
  @CsvSource({
    "localhost:5000/a:1, localhost:5000, a, 1, http://localhost:5000",
    "localhost/a:1, localhost, a, 1, http://localhost",
    "ghcr.io/team/patches/merlin_x-y.z:1.0.0-rc.1, ghcr.io, team/patches/merlin_x-y.z, 1.0.0-rc.1, https://ghcr.io",
    "R.Example:443/a:_, R.Example:443, a, _, https://r.example",
    "127.0.0.1:5000/a:1, 127.0.0.1:5000, a, 1, http://127.0.0.1:5000",
    "[::1]:5000/a:1, [::1]:5000, a, 1, http://[::1]:5000",
    "10.0.0.7/a__b:1, 10.0.0.7, a__b, 1, https://10.0.0.7",
    "docker.io/team/a:1, docker.io, team/a, 1, https://registry-1.docker.io"
  })
  void isTakenApart(String text, String registry, String repository, String tag, String origin) {
    Reference reference = Reference.parse(text);
    assertThat(reference).isEqualTo(new Reference(registry, repository, tag, ""));
    assertThat(reference.origin(false)).hasToString(origin);
    assertThat(reference).hasToString(text);
  }

  @Test
  void withoutTagAndDigestTheTagIsLatest() {
    assertThat(Reference.parse("a.b/c").which()).isEqualTo("latest");
    Reference exact = Reference.parse("a.b/c@" + DIGEST);
    assertThat(exact.which()).isEqualTo(DIGEST);
    assertThat(exact)
        .hasToString("a.b/c@" + DIGEST)
        .isEqualTo(Reference.parse("a.b/c:1").at(DIGEST));
  }

  @Test
  void plainHttpIsForTheRegistryThatIsNamed() {
    assertThat(Reference.parse("a.b:80/c").origin(true)).hasToString("http://a.b");
    assertThat(Reference.parse("a.b:80/c").origin(false)).hasToString("https://a.b:80");
    assertThat(Reference.parse("localhost.evil.example/c").origin(false).scheme())
        .isEqualTo("https");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a:1 | does not begin with a registry",
        "team/a:1 | does not begin with a registry",
        "'' | does not begin with a registry",
        "/a:1 | does not begin with a registry",
        "https://ghcr.io/a:1 | leave out what stands before",
        "ann:secret@ghcr.io/a:1 | --password-stdin",
        "ghcr.io:0/a:1 | no host name",
        "ghcr.io:65536/a:1 | no host name",
        "ghcr..io/a:1 | no host name",
        "-ghcr.io/a:1 | no host name",
        "gh_cr.io/a:1 | no host name",
        "ghcr.io\\evil/a:1 | no host name",
        "ghcr.io/:1 | the name '' does not fit",
        "ghcr.io/A:1 | lower-case",
        "ghcr.io/a//b:1 | lower-case",
        "ghcr.io/../a:1 | lower-case",
        "ghcr.io/a/%2e%2e/b:1 | lower-case",
        "ghcr.io/a?x=1:1 | lower-case",
        "ghcr.io/a#b:1 | lower-case",
        "ghcr.io/-a:1 | lower-case",
        "ghcr.io/a: | the tag '' does not fit",
        "ghcr.io/a:.b | the tag '.b' does not fit",
        "ghcr.io/a:b/c | the tag 'b/c' does not fit",
        "ghcr.io/a:b:c | the tag 'b:c' does not fit",
        "ghcr.io/a@ | the digest '' does not fit",
        "ghcr.io/a@sha256:00 | the digest 'sha256:00' does not fit",
        "ghcr.io/a@md5:00 | does not fit"
      })
  void whatDoesNotFitIsNamed(String text, String said) {
    assertThatThrownBy(() -> Reference.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(said)
        .hasMessageContaining("REGISTRY/NAME")
        .message()
        .doesNotContain("secret");
  }

  @ParameterizedTest
  @ValueSource(ints = {129, 300})
  void longPartsAreRefused(int length) {
    assertThatThrownBy(() -> Reference.parse("a.b/c:" + "t".repeat(length)))
        .hasMessageContaining("1 to 128");
    assertThatThrownBy(() -> Reference.parse("a.b/" + "n".repeat(252)))
        .hasMessageContaining("shorter than 255");
    assertThatThrownBy(() -> Reference.parse("a.b/c:1@" + DIGEST))
        .hasMessageContaining("a tag and a digest");
    Reference.parse("a.b/" + "n".repeat(251) + ":" + "t".repeat(128));
  }
}

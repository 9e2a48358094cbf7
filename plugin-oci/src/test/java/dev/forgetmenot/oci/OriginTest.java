package dev.forgetmenot.oci;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which servers belong together, and which are near. */
class OriginTest {
  private static Origin https(String host) {
    return new Origin("https", host, -1);
  }

  @ParameterizedTest
  @CsvSource({
    "ghcr.io, ghcr.io",
    "registry-1.docker.io, auth.docker.io",
    "registry.gitlab.com, gitlab.com",
    "quay.example, auth.quay.example",
    "r.a.co.uk, auth.a.co.uk",
    "127.0.0.1, 127.0.0.1"
  })
  void oneSite(String one, String other) {
    assertThat(https(one).isSiteOf(https(other))).isTrue();
    assertThat(https(other).isSiteOf(https(one))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "ghcr.io, evil.io",
    "ghcr.io, ghcr.io.evil.example",
    "ghcr.io, evilghcr.io",
    "a.co.uk, b.co.uk",
    "a.com.au, com.au",
    "registry.a.example, b.example",
    "r.eu.a.example, s.us.a.example",
    "localhost, 127.0.0.1",
    "10.0.0.1, 10.0.0.2",
    "1.10.0.1, 10.0.0.1",
    "[::1], [::2]",
    "localhost, localhost.evil.example"
  })
  void strangers(String one, String other) {
    assertThat(https(one).isSiteOf(https(other))).isFalse();
    assertThat(https(other).isSiteOf(https(one))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "[::1]",
        "10.1.2.3",
        "192.168.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "[fe80::1]",
        "[fd00::1]",
        "[::ffff:10.0.0.1]"
      })
  void addressesOfOwnNetworks(String host) {
    assertThat(https(host).isInside()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"8.8.8.8", "[2001:4860:4860::8888]", "172.15.0.1"})
  void addressesElsewhere(String host) {
    assertThat(https(host).isInside()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ftp://a.b/", "file:///etc/passwd", "//a.b/", "https:///x", "https://u@a.b/"})
  void otherAddressesAreNone(String address) {
    assertThat(Origin.isOneOf(URI.create(address))).isFalse();
  }
}

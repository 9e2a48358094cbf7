package dev.forgetmenot.studio.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTokenTest {
  @TempDir private Path folder;

  @Test
  void itStaysUntilANewOneIsAskedFor() throws IOException {
    Path file = folder.resolve("token");
    AccessToken first = AccessToken.of(file, false);
    assertThat(first.text()).hasSize(43);
    assertThat(AccessToken.of(file, false)).isEqualTo(first);
    AccessToken second = AccessToken.of(file, true);
    assertThat(second).isNotEqualTo(first);
    assertThat(AccessToken.of(file, false)).isEqualTo(second);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS) // has no permissions of POSIX
  void onlyItsOwnerReadsTheFile() throws IOException {
    Path file = folder.resolve("token");
    AccessToken.of(file, false);
    AccessToken.of(file, true);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void aFileWithSomethingElseIsNoToken() throws IOException {
    Path file = Files.writeString(folder.resolve("token"), "password\n");
    assertThatThrownBy(() -> AccessToken.of(file, false))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("--new-token");
  }

  @Test
  void aBearerOrThePasswordOfAnyUserHasIt() {
    AccessToken token = new AccessToken("secret");
    assertThat(token.isIn("Bearer secret")).isTrue();
    assertThat(token.isIn("bearer secret")).isTrue();
    assertThat(token.isIn("Basic " + base64("fmn:secret"))).isTrue();
    assertThat(token.isIn("basic " + base64(":secret"))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Basic",
        "Basic ",
        "Basic !!!",
        "Bearer",
        "Bearer x",
        "secret",
        "Digest secret"
      })
  void whatIsNoTokenIsRefused(String authorization) {
    assertThat(new AccessToken("secret").isIn(authorization)).isFalse();
  }

  @Test
  void aWrongPasswordIsRefused() {
    AccessToken token = new AccessToken("secret");
    assertThat(token.isIn("Basic " + base64("secret"))).isFalse();
    assertThat(token.isIn("Basic " + base64("secret:"))).isFalse();
    assertThat(token.isIn("Basic " + base64("fmn:secret2"))).isFalse();
  }

  @Test
  void neitherTheCookieNorTheNameShowsIt() {
    AccessToken token = new AccessToken("secret");
    assertThat(token.cookie()).doesNotContain("secret");
    assertThat(token.isCookie(token.cookie())).isTrue();
    assertThat(token.isCookie("secret")).isFalse();
    assertThat(token).hasToString("a token");
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}

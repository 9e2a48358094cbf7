package dev.forgetmenot.studio.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerNamesTest {
  private final ServerNames names = new ServerNames(7860, Set.of("host.docker.internal"));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1:7860",
        "localhost:7860",
        "LOCALHOST:7860",
        "[::1]:7860",
        "host.docker.internal:7860",
        "host.docker.internal",
        "Host.Docker.Internal:80"
      })
  void itsOwnNamesAreAllowed(String host) {
    assertThat(names.allow(host)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "evil.example",
        "evil.example:7860",
        "localhost.evil.example:7860",
        "127.0.0.1.evil:7860",
        "evil.example/127.0.0.1:7860",
        "user@127.0.0.1:7860",
        "127.0.0.1:7860@evil.example",
        "0.0.0.0:7860",
        "127.0.0.1.:7860",
        "localhost.:7860",
        "localhost",
        "127.0.0.1",
        "localhost:7861",
        "localhost:07860",
        "localhost:",
        "[::1]",
        "[::1]:80",
        "::1:7860",
        "2130706433:7860",
        "host.docker.internal.evil.example:7860"
      })
  void otherNamesAreRefused(String host) {
    assertThat(names.allow(host)).isFalse();
  }

  @Test
  void itsOwnPageMayWrite() {
    assertThat(foreign(true, "http://localhost:7860", "same-origin", false)).isFalse();
    assertThat(foreign(true, "http://localhost:7860", null, false)).isFalse();
  }

  @Test
  void aProgramMayWriteWithItsToken() {
    assertThat(foreign(true, null, null, true)).isFalse();
  }

  @Test
  void aWriteWithoutOriginAndTokenIsRefused() {
    assertThat(foreign(true, null, null, false)).isTrue();
    assertThat(foreign(false, null, null, false)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "http://evil.example",
        "http://localhost:7861",
        "http://localhost",
        "http://localhost:7860.evil.example",
        "http://127.0.0.1:7860"
      })
  void pagesOfOtherServersMayNeitherReadNorWrite(String origin) {
    assertThat(foreign(true, origin, null, true)).isTrue();
    assertThat(foreign(false, origin, null, true)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"cross-site", "same-site"})
  void aBrowserThatSaysWhereThePageIsFromIsBelieved(String site) {
    assertThat(foreign(false, null, site, true)).isTrue();
    assertThat(foreign(true, "http://localhost:7860", site, true)).isTrue();
  }

  private static boolean foreign(boolean write, String origin, String site, boolean authorized) {
    return ServerNames.foreign(write, "localhost:7860", origin, site, authorized).isPresent();
  }
}

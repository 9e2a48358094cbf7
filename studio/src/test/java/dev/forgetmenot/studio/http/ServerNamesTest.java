package dev.forgetmenot.studio.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.Optional;
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
        "[::ffff:127.0.0.1]:7860",
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

  @Test
  void anotherAddressIsAllowedInAllItsForms() throws Exception {
    ServerNames six = names("2001:db8::1", 7860);
    assertThat(six.allow("[2001:db8::1]:7860")).isTrue();
    assertThat(six.allow("[2001:DB8:0:0:0:0:0:1]:7860")).isTrue();
    assertThat(six.allow("127.0.0.1:7860")).as("forwarded").isTrue();
    assertThat(six.allow("[2001:db8::2]:7860")).isFalse();
    assertThat(six.allow("[2001:db8::1]")).isFalse();
    assertThat(six.allow("[2001:db8::1%25eth0]:7860")).isFalse();
    assertThat(names("192.0.2.7", 7860).allow("192.0.2.7:7860")).isTrue();
    assertThat(names("192.0.2.7", 7860).allow("192.0.2.8:7860")).isFalse();
  }

  @Test
  void allAddressesAreThoseOfThisMachine() throws Exception {
    ServerNames all = names("0.0.0.0", 7860);
    assertThat(all.own()).contains("127.0.0.1", "localhost");
    assertThat(all.allow("0.0.0.0:7860")).isFalse();
    assertThat(all.allow("198.51.100.1:7860")).isFalse();
    assertThat(all.allow("evil.example:7860")).isFalse();
  }

  @Test
  void theUsualPortMayBeLeftOut() throws Exception {
    assertThat(names("192.0.2.7", 80).allow("192.0.2.7")).isTrue();
    assertThat(names("192.0.2.7", 443).allow("192.0.2.7")).isFalse();
    ServerNames tls = new ServerNames(443, Set.of("192.0.2.7"), Set.of(), true);
    assertThat(tls.allow("192.0.2.7")).isTrue();
  }

  @Test
  void aPageOfHttpIsNoPageOfAServerOfHttps() {
    ServerNames tls = new ServerNames(7860, Set.of("localhost"), Set.of(), true);
    assertThat(tls.foreign(true, "localhost:7860", "https://localhost:7860", null, false))
        .isEmpty();
    assertThat(tls.foreign(true, "localhost:7860", "http://localhost:7860", null, false))
        .isPresent();
  }

  private static ServerNames names(String address, int port) throws Exception {
    return ServerNames.of(
        new Listening(InetAddress.getByName(address), port, Set.of(), Optional.empty()), port);
  }

  private boolean foreign(boolean write, String origin, String site, boolean authorized) {
    return names.foreign(write, "localhost:7860", origin, site, authorized).isPresent();
  }
}

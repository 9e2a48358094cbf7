package dev.forgetmenot.studio.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.studio.http.AccessToken;
import dev.forgetmenot.studio.http.Api;
import dev.forgetmenot.studio.http.LocalServer;
import dev.forgetmenot.studio.http.Route;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ids that would be paths to other files. */
class TraversalTest {
  private static final String SECRET = "content-of-the-token-file";

  private static final List<String> PREFIXES =
      List.of("", "01/", "x%2f", "%2f", "./", "01%5c", "x");
  private static final List<String> SUFFIXES = List.of("", ".png", "%00.png", ";a=b", "%20", "/.");
  private static final List<String> NAMES =
      List.of(
          "..",
          "../token",
          "../../token",
          "..%2ftoken",
          "%2e%2e",
          "%2e%2e%2ftoken",
          "%2e%2e%5ctoken",
          "..%5ctoken",
          "..%252ftoken",
          "..;/token",
          "..%00/token",
          "%c0%ae%c0%ae/token",
          "%c0%ae%c0%ae%c0%aftoken",
          "....//token",
          "token",
          "%u002e%u002e/token",
          "%EF%BC%8E%EF%BC%8E%EF%BC%8Ftoken",
          "/etc/passwd",
          "%2fetc%2fpasswd",
          "C:%5cWindows%5cwin.ini",
          "C%3a/Windows/win.ini",
          "%5c%5c127.0.0.1%5cshare",
          "file:%2f%2f%2fetc%2fpasswd",
          "~root",
          "CON",
          "NUL.png",
          "AUX.json",
          "token::$DATA",
          "token%0d%0a",
          "*",
          "%7e%2ftoken",
          "a".repeat(3000));

  @TempDir private Path state;
  private WaitingServer waiting;
  private LocalServer server;

  @BeforeEach
  void start() throws Exception {
    Files.writeString(state.resolve("token"), SECRET);
    waiting = new WaitingServer(state);
    server = new LocalServer(new AccessToken("secret"), waiting.apis());
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    waiting.close();
  }

  private static List<String> spellings() {
    List<String> all = new ArrayList<>();
    for (String name : NAMES) {
      for (String prefix : PREFIXES) {
        for (String suffix : SUFFIXES) {
          all.add(prefix + name + suffix);
        }
      }
    }
    return all;
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(state)) {
      return all.sorted().toList();
    }
  }

  @Test
  void noSpellingOfAnIdReachesAFile() throws Exception {
    server.ask("POST", "/api/v1/jobs", "Content-Type: application/json\r\n", "{\"kind\":\"draw\"}");
    List<Path> before = files();
    List<Route> routes =
        waiting.apis().stream()
            .map(Api::routes)
            .flatMap(List::stream)
            .filter(route -> route.path().contains("{id}"))
            .toList();
    assertThat(routes).hasSizeGreaterThan(10);
    List<String> spellings = spellings();
    assertThat(spellings).hasSizeGreaterThan(500);
    for (Route route : routes) {
      for (String id : spellings) {
        String answer = server.ask(route.method(), route.path().replace("{id}", id), "", "");
        assertThat(answer)
            .as("%s %s with %s", route.method(), route.path(), id)
            .containsPattern("^HTTP/1.1 (4|200)")
            .doesNotContain(SECRET, "root:", state.toString());
      }
    }
    assertThat(files()).as("nothing came or went").isEqualTo(before);
  }

  @Test
  void aLinkInTheFolderOfImagesIsNotFollowed() throws Exception {
    String id = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    Path images = state.resolve("other/images");
    Files.createDirectories(images);
    Files.writeString(
        images.resolve(id + ".json"),
        "{\"id\":\""
            + id
            + "\",\"job\":\"j\",\"seed\":\"1\",\"width\":1,\"height\":1,"
            + "\"infotext\":\"\"}");
    Files.createSymbolicLink(images.resolve(id + ".png"), state.resolve("token"));
    try (WaitingServer linked = new WaitingServer(state.resolve("other"));
        LocalServer asked = new LocalServer(new AccessToken("secret"), linked.apis())) {
      assertThat(asked.ask("GET", "/api/v1/images/" + id, "", "")).startsWith("HTTP/1.1 200 ");
      assertThat(asked.ask("GET", "/api/v1/images/" + id + ".png", "", ""))
          .doesNotStartWith("HTTP/1.1 200 ")
          .doesNotContain(SECRET, state.toString());
      assertThat(asked.ask("DELETE", "/api/v1/images/" + id, "", "")).startsWith("HTTP/1.1 204 ");
      assertThat(images.resolve(id + ".png")).doesNotExist();
      assertThat(Files.exists(state.resolve("token"), LinkOption.NOFOLLOW_LINKS)).isTrue();
    }
  }
}

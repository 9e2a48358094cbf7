package dev.forgetmenot.studio.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Frame;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A page of another server, in the browser of a person who is signed in: at another port of the
 * same name, to which cookies go, and at another name.
 */
class OtherOriginTest extends StudioPageTest {
  private static final String JOB = "{'kind': 'draw', 'prompt': 'of another page'}";

  private HttpServer other;
  private String content = "";

  @BeforeEach
  void startOther() throws IOException {
    other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    other.createContext(
        "/",
        exchange -> {
          byte[] body = content.getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().add("Content-Type", "text/html; charset=utf-8");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    other.start();
    open("Draw");
  }

  @AfterEach
  void stopOther() {
    other.stop(0);
  }

  private void openOther(String name, String html) {
    content = "<!DOCTYPE html><link rel=icon href=data:,><title>other</title>" + html;
    page().navigate("http://" + name + ":" + other.getAddress().getPort() + "/");
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "localhost"})
  void cannotShowThePageInAFrame(String name) {
    expect("frame-ancestors");
    openOther(name, "<iframe title='studio' src='" + studio().site() + "'></iframe>");
    assertThat(page().frames()).hasSize(2);
    Frame frame = page().frames().get(1);
    assertThat(frame.url()).doesNotContain(studio().site());
    assertThat(frame.content()).doesNotContain("Forget-Me-Not");
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "localhost"})
  void cannotPost(String name) throws Exception {
    openOther(name, "");
    List<String> sent = new ArrayList<>();
    page().onRequest(request -> sent.add(request.url()));
    // As simple requests, for which a browser does not ask before; then with the type of the API.
    expect("net::ERR_BLOCKED_BY_RESPONSE.NotSameOrigin");
    for (String type : List.of("text/plain", "application/x-www-form-urlencoded")) {
      assertThat(post("no-cors", type)).isEqualTo("refused");
    }
    expect("blocked by CORS policy");
    expect("net::ERR_FAILED");
    assertThat(post("cors", "application/json")).isEqualTo("refused");
    assertThat(sent).hasSizeGreaterThanOrEqualTo(3);
    assertThat(studio().jobs()).isEmpty();
  }

  private Object post(String mode, String type) {
    return page()
        .evaluate(
            "([to, mode, type, job]) => fetch(to, {method: 'POST', mode, credentials: 'include',"
                + " headers: {'Content-Type': type}, body: job}).then(r => r.type, () => 'refused')",
            List.of(studio().site() + "api/v1/jobs", mode, type, JOB.replace('\'', '"')));
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "localhost"})
  void cannotPostAForm(String name) throws Exception {
    expectRefusal(403);
    openOther(
        name,
        "<form method='post' enctype='text/plain' action='"
            + studio().site()
            + "api/v1/jobs'><input name='{\"kind\":\"draw\",\"prompt\":\"' value='x\"}'></form>");
    page().evaluate("document.forms[0].submit()");
    page().waitForURL("**/api/v1/jobs");
    assertThat(page().content()).contains("FMN-802");
    assertThat(studio().jobs()).isEmpty();
  }
}

package dev.forgetmenot.studio.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over HTTPS, with certificates that are made here. */
class TlsTest {
  @TempDir private static Path folder;

  private static MadeCertificate elliptic;
  private static MadeCertificate rsa;

  @BeforeAll
  static void make() throws Exception {
    elliptic = MadeCertificate.of(folder, "ec", "-keyalg", "EC", "-groupname", "secp256r1");
    rsa = MadeCertificate.of(folder, "rsa", "-keyalg", "RSA", "-keysize", "2048");
  }

  private static HttpServer start(MadeCertificate made) throws IOException {
    Route route =
        Route.of(
            "GET",
            "/secure",
            call -> {
              JsonObject json = new JsonObject();
              json.addProperty("secure", call.secure());
              return HttpAnswer.json(json);
            });
    return HttpServer.start(
        new Listening(
            InetAddress.getLoopbackAddress(),
            0,
            Set.of(),
            Optional.of(new TlsFiles(made.certificate(), made.key()).open())),
        new AccessToken("secret"),
        List.of(FixedApi.of(route)));
  }

  private static void answers(MadeCertificate made) throws Exception {
    try (HttpServer server = start(made)) {
      HttpResponse<String> answer =
          HttpClient.newBuilder()
              .sslContext(made.context())
              .build()
              .send(
                  HttpRequest.newBuilder(
                          URI.create("https://localhost:" + server.port() + "/secure"))
                      .header("Authorization", "Bearer secret")
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("{\"secure\":true}");
    }
  }

  @Test
  void aKeyOfEitherKindAnswers() throws Exception {
    answers(elliptic);
    answers(rsa);
  }

  @Test
  void theHostIsCheckedHereToo() throws Exception {
    try (HttpServer server = start(elliptic);
        Socket client =
            elliptic.context().getSocketFactory().createSocket("127.0.0.1", server.port())) {
      String request =
          "GET /secure HTTP/1.1\r\nHost: evil.example:%s\r\nConnection: close\r\n\r\n"
              .formatted(server.port());
      client.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("HTTP/1.1 421 ");
    }
  }

  @Test
  void plainHttpIsNotAnswered() throws Exception {
    try (HttpServer server = start(elliptic);
        Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      client.setSoTimeout(10_000);
      String request = "GET /secure HTTP/1.1\r\nHost: 127.0.0.1:%s\r\n\r\n";
      client
          .getOutputStream()
          .write(request.formatted(server.port()).getBytes(StandardCharsets.UTF_8));
      byte[] answer;
      try {
        answer = client.getInputStream().readAllBytes();
      } catch (IOException e) { // the connection may be reset
        answer = new byte[0];
      }
      assertThat(new String(answer, StandardCharsets.ISO_8859_1)).doesNotContain("HTTP");
    }
  }

  private static void refuses(Path certificate, Path key, String... sentence) {
    assertThatThrownBy(() -> new TlsFiles(certificate, key).open())
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll(sentence);
  }

  @Test
  void filesThatDoNotFitAreNamed() throws Exception {
    Path other =
        MadeCertificate.of(folder, "other", "-keyalg", "EC", "-groupname", "secp256r1").key();
    refuses(elliptic.certificate(), other, "other.key is not the key of the certificate", "ec.crt");
    refuses(elliptic.certificate(), rsa.key(), "rsa.key holds no key of EC");
    refuses(elliptic.certificate(), folder.resolve("none"), "none is not there; --tls-key names");
    refuses(folder.resolve("none"), elliptic.key(), "none is not there; --tls-cert names");
    refuses(elliptic.key(), elliptic.key(), "ec.key holds no certificate");
    refuses(elliptic.certificate(), elliptic.certificate(), "ec.crt holds no private key");
  }

  @Test
  void keysInOtherFormsAreSaid() throws Exception {
    Path encrypted =
        MadeCertificate.pem(folder.resolve("e.key"), "ENCRYPTED PRIVATE KEY", new byte[9]);
    refuses(rsa.certificate(), encrypted, "e.key is encrypted; take the password off: openssl");
    Path old = MadeCertificate.pem(folder.resolve("o.key"), "RSA PRIVATE KEY", new byte[9]);
    refuses(rsa.certificate(), old, "o.key is in an older form (RSA PRIVATE KEY)", "openssl");
    Path cut = Files.writeString(folder.resolve("c.key"), "-----BEGIN PRIVATE KEY-----\nAAA");
    refuses(rsa.certificate(), cut, "c.key is damaged");
    Path wrong = MadeCertificate.pem(folder.resolve("w.key"), "PRIVATE KEY", new byte[9]);
    refuses(rsa.certificate(), wrong, "w.key holds no key of RSA");
  }

  @Test
  void aCertificateOutOfItsTimeIsRefused() throws Exception {
    MadeCertificate old =
        MadeCertificate.of(folder, "old", "-keyalg", "EC", "-startdate", "-10d", "-validity", "5");
    refuses(old.certificate(), old.key(), "old.crt is for", "get another one");
  }

  @Test
  void aKeyThatNoBrowserTakesIsRefused() throws Exception {
    MadeCertificate edwards = MadeCertificate.of(folder, "ed", "-keyalg", "Ed25519");
    refuses(edwards.certificate(), edwards.key(), "one of RSA or EC is needed");
  }
}

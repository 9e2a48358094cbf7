package dev.forgetmenot.oci;

import static dev.forgetmenot.oci.FakeRegistry.PREFIX;
import static dev.forgetmenot.oci.FakeRegistry.answer;
import static dev.forgetmenot.oci.FakeRegistry.redirect;
import static dev.forgetmenot.oci.FakeRegistry.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is told the password: the registry that was named, and its own site. */
class CredentialsTest extends RegistryRuns {
  private static final String PASSWORD = "open sesame";
  private static final String BASIC = new Credentials("ann", PASSWORD).basic();

  @AfterEach
  void neverShown() {
    assertThat(said).doesNotContain(PASSWORD, BASIC.substring(6), "token-7");
  }

  /** Tokens at a path of a server, for who knows the password. */
  private void tokens(String realm) {
    registry.ask(
        "Bearer token-7", "Bearer realm=\"" + realm + "\",service=\"reg\",scope=\"everything\"");
    registry.on(
        "GET",
        "/token",
        exchange -> {
          boolean known = BASIC.equals(exchange.getRequestHeaders().getFirst("Authorization"));
          assertThat(exchange.getRequestURI().getRawQuery())
              .contains("service=reg", "scope=repository%3Aa%2Fb%3Apull")
              .doesNotContain("everything");
          answer(exchange, known ? 200 : 401, text(known ? "{\"token\":\"token-7\"}" : "{}"));
        });
  }

  private String own(String path) {
    return "http://localhost:" + registry.port() + path;
  }

  private int pushAs(String password) {
    return runAs(password, "patch", "push", patch.toString(), registry.named(":1"));
  }

  @Test
  void aTokenIsAskedForOnceAndUsed() throws IOException {
    tokens(own("/token"));
    assertThat(pushAs(PASSWORD)).as(said).isZero();
    assertThat(runAs(PASSWORD, "patch", "pull", registry.named(":1"), "-o", pulled.toString()))
        .as(said)
        .isZero();
    assertThat(pulled).hasSameBinaryContentAs(patch);
    assertThat(registry.requests).filteredOn(r -> r.path().equals("/token")).hasSize(2);
    assertThat(registry.requests)
        .filteredOn(r -> r.authorization().equals(BASIC))
        .allMatch(r -> r.path().equals("/token"));
  }

  @Test
  void aPasswordIsAskedForAndSent() {
    registry.ask(BASIC, "Basic realm=\"x\"");
    assertThat(pushAs(PASSWORD)).as(said).isZero();
    assertThat(registry.requests.get(0).authorization())
        .as("not before it is asked")
        .isEqualTo("null");
  }

  @Test
  void aWrongPasswordIsSaidAndNotTriedAgain() {
    registry.ask(BASIC, "Basic realm=\"x\"");
    assertThat(pushAs("wrong")).isEqualTo(1);
    assertThat(said).contains("FMN-741", "refuses the user ann for repository:a/b:pull,push");
    assertThat(registry.requests).hasSize(2);
    tokens(own("/token"));
    assertThat(pushAs("wrong")).isEqualTo(1);
    assertThat(said).contains("refuses the user ann");
  }

  @Test
  void aGuestIsToldHowToComeIn() throws IOException {
    registry.ask(BASIC, "Basic realm=\"x\"");
    assertRefused(pull(":1"), "lets no guest do repository:a/b:pull", "--password-stdin");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:PORT/token",
        "https://localhost.evil.example/token",
        "http://evil.example/token",
        "ftp://localhost/token",
        "http://ann@localhost:PORT/token",
        "http://localhost:PORT/token#x",
        "/token",
        "",
        "http://[broken"
      })
  void aForeignRealmGetsNothing(String realm) {
    String place = realm.replace("PORT", "" + registry.port());
    tokens(place);
    assertThat(pushAs(PASSWORD)).isEqualTo(1);
    assertThat(said)
        .contains("FMN-741", "sends to '" + place + "' for a token", "nothing was sent");
    assertThat(registry.requests)
        .noneMatch(r -> r.path().equals("/token"))
        .allMatch(r -> r.authorization().equals("null"));
  }

  @Test
  void aRedirectedTokenIsNotFollowed() {
    tokens(own("/token"));
    registry.on("GET", "/token", redirect(registry.elsewhere("/stolen")));
    assertThat(pushAs(PASSWORD)).isEqualTo(1);
    assertThat(said).contains("was asked for a token and answers 307");
    assertThat(registry.requests).noneMatch(r -> r.path().equals("/stolen"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{}", "[]", "{\"token\":\"a\\r\\nb\"}", "{\"token\":7e", "{\"token\":\"\"}"})
  void anAnswerWithoutATokenIsSaid(String body) {
    tokens(own("/token"));
    registry.on("GET", "/token", exchange -> answer(exchange, 200, text(body)));
    assertThat(pushAs(PASSWORD)).isEqualTo(1);
    assertThat(said).contains("FMN-741", "was asked for a token");
  }

  @Test
  void blobsElsewhereAreAskedForWithoutCredentials() throws IOException {
    push();
    byte[] bytes = Files.readAllBytes(patch);
    tokens(own("/token"));
    String blob = "/store" + PREFIX + "blobs/" + Descriptor.of("", bytes).digest();
    registry.on("GET", "/store", exchange -> answer(exchange, 200, bytes));
    registry.ask("Bearer token-7", "Bearer realm=\"" + own("/token") + "\",service=\"reg\"");
    registry.on(
        "GET",
        PREFIX + "blobs/",
        exchange ->
            ("Bearer token-7".equals(exchange.getRequestHeaders().getFirst("Authorization"))
                    ? redirect(registry.elsewhere(blob))
                    : redirect("/lost"))
                .handle(exchange));
    assertThat(runAs(PASSWORD, "patch", "pull", registry.named(":1"), "-o", pulled.toString()))
        .as(said)
        .isZero();
    assertThat(registry.requests)
        .filteredOn(r -> r.path().startsWith("/store"))
        .hasSize(1)
        .allMatch(r -> r.authorization().equals("null") && r.host().startsWith("127.0.0.1"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--username team | go together",
        "--password-stdin | go together",
        "--plain-http --username team --password-stdin | is not sent to http://r.invalid",
        "--username a:b --password-stdin | has a colon"
      })
  void optionsThatDoNotFitAreRefused(String options, String expected) {
    List<String> words = new ArrayList<>(List.of("patch", "pull", "r.invalid/a"));
    words.addAll(List.of("-o", pulled.toString()));
    words.addAll(List.of(options.split(" ", -1)));
    assertThat(run(words.toArray(String[]::new))).isEqualTo(2);
    assertThat(said).contains(expected);
  }

  @Test
  void anEmptyPasswordIsRefused() {
    assertThat(pushAs("")).isEqualTo(2);
    assertThat(said).contains("standard input has no password");
    assertThat(registry.requests).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "r.example:5000, r.example:5000, true",
    "https://r.example, r.example, true",
    "https://r.example/v2/, r.example, true",
    "https://index.docker.io/v1/, docker.io, true",
    "r.example/ann, r.example, false",
    "r.example, r.example:5000, false",
    "r-example, r.example, false"
  })
  void usersOfDockersConfiguration(String key, String name, boolean found) throws IOException {
    Path file = folder.resolve("config.json");
    Files.writeString(
        file, "{\"auths\":{\"other\":{},\"" + key + "\":{\"auth\":\"YW5uOm9wZW46c2VzYW1l\"}}}");
    assertThat(new DockerConfig(file).of(name))
        .isEqualTo(found ? Optional.of(new Credentials("ann", "open:sesame")) : Optional.empty());
  }

  @Test
  void otherConfigurationsHoldNoPassword() throws IOException {
    Path file = folder.resolve("config.json");
    assertThat(DockerConfig.ofUser(Map.of("DOCKER_CONFIG", folder.toString()), "h").file())
        .isEqualTo(file);
    assertThat(DockerConfig.ofUser(Map.of(), "h").file())
        .isEqualTo(Path.of("h", ".docker", "config.json"));
    assertThat(new DockerConfig(file).of("r.example")).isEmpty();
    for (String kept : List.of("{}", "{\"auths\":[]}", "{\"auths\":{\"r.example\":{}}}")) {
      Files.writeString(file, kept);
      assertThat(new DockerConfig(file).of("r.example")).isEmpty();
    }
    for (String bad : List.of("!!", "YW5u", "Oi==x")) {
      Files.writeString(file, "{\"auths\":{\"r.example\":{\"auth\":\"" + bad + "\"}}}");
      assertThatThrownBy(() -> new DockerConfig(file).of("r.example"))
          .hasMessageContaining("log in again")
          .hasMessageNotContaining(bad);
    }
    assertThat(new Credentials("ann", PASSWORD)).asString().doesNotContain(PASSWORD);
  }
}

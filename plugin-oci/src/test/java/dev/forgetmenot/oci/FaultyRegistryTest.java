package dev.forgetmenot.oci;

import static dev.forgetmenot.oci.FakeRegistry.PREFIX;
import static dev.forgetmenot.oci.FakeRegistry.answer;
import static dev.forgetmenot.oci.FakeRegistry.redirect;
import static dev.forgetmenot.oci.FakeRegistry.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.host.cli.shell.RemoteFailure;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Registries that are damaged, slow or dishonest: nothing of them is kept. */
@Timeout(60)
class FaultyRegistryTest extends RegistryRuns {
  private static final String BLOBS = PREFIX + "blobs/";
  private static final String MANIFEST = PREFIX + "manifests/1";

  private byte[] bytes;
  private String blob;

  @BeforeEach
  void fill() throws IOException {
    push();
    bytes = Files.readAllBytes(patch);
    blob = BLOBS + Descriptor.of("", bytes).digest();
  }

  private static HttpHandler chunked(byte[] body) {
    return exchange -> {
      exchange.sendResponseHeaders(200, 0);
      exchange.getResponseBody().write(body);
    };
  }

  @Test
  void anAnswerInChunksIsTaken() throws IOException {
    registry.on("GET", blob, chunked(bytes));
    assertThat(pull(":1")).as(said).isZero();
    assertThat(pulled).hasSameBinaryContentAs(patch);
  }

  @Test
  void aChangedByteIsSeen() throws IOException {
    byte[] other = bytes.clone();
    other[other.length / 2] ^= (byte) 1;
    registry.on("GET", blob, chunked(other));
    assertRefused(pull(":1"), "FMN-741", "other bytes than were asked for", "sha256:");
  }

  @Test
  void aManifestIsComparedWithItsDigest() throws IOException {
    String digest = Descriptor.of("", registry.manifests.get("1")).digest();
    registry.on("GET", PREFIX + "manifests/sha256", chunked(text("{\"layers\":[]}")));
    assertRefused(pull("@" + digest), "other bytes", digest);
  }

  @Test
  void aShortBlobIsSeen() throws IOException {
    registry.on("GET", blob, chunked(Arrays.copyOf(bytes, bytes.length - 1)));
    assertRefused(pull(":1"), "sent " + (bytes.length - 1) + " bytes", "says " + bytes.length);
  }

  @Test
  void aConnectionThatBreaksOffIsSeen() throws IOException {
    registry.on(
        "GET",
        blob,
        exchange -> {
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes, 0, bytes.length / 2);
          exchange.getResponseBody().flush();
        });
    assertRefused(pull(":1"), "does not answer as it should");
  }

  private static void endless(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    while (true) { // until the client goes away
      exchange.getResponseBody().write(new byte[1 << 16]);
    }
  }

  @Test
  void anAnswerWithoutEndIsCut() throws IOException {
    registry.on("GET", blob, FaultyRegistryTest::endless);
    assertRefused(pull(":1"), "more than the");
    registry.on("GET", MANIFEST, FaultyRegistryTest::endless);
    assertRefused(pull(":1"), "more than the 4.2 MB");
  }

  @Test
  void anErrorWithoutEndIsCutToo() throws IOException {
    registry.on(
        "GET",
        MANIFEST,
        exchange -> {
          exchange.sendResponseHeaders(500, 0);
          while (true) {
            exchange.getResponseBody().write(new byte[1 << 16]);
          }
        });
    assertRefused(pull(":1"), "answers 500");
  }

  @Test
  void aSizeThatNoPatchHasIsRefusedBeforeTheFile() throws IOException {
    String manifest = new String(registry.manifests.get("1"), StandardCharsets.UTF_8);
    String large = manifest.replace("\"size\":" + bytes.length, "\"size\":" + (1L << 40));
    registry.manifests.put("1", text(large));
    int before = registry.requests.size();
    assertRefused(pull(":1"), "and a patch has at most");
    assertThat(registry.requests).hasSize(before + 1);
  }

  @Test
  void whatIsNoPatchIsRefusedByTheStrictReader() throws IOException {
    byte[] other = text("PK, but not one that a patch is");
    Descriptor layer = ArtifactManifest.layer(Descriptor.of("", other).digest().substring(7), 31);
    registry.blobs.put(layer.digest(), other);
    String manifest = "{\"layers\":[{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":31}]}";
    registry.manifests.put("1", text(manifest.formatted(layer.mediaType(), layer.digest())));
    assertRefused(pull(":1"), "FMN-101", "localhost:", "@sha256:");
    assertThat(said).as("no temporary name").doesNotContain(".part");
  }

  @Test
  void blobsMayBeElsewhere() throws IOException {
    registry.on("GET", blob, redirect(registry.elsewhere("/store/1")));
    registry.on("GET", "/store/1", redirect("/store/2"));
    registry.on("GET", "/store/2", chunked(bytes));
    assertThat(pull(":1")).as(said).isZero();
    assertThat(pulled).hasSameBinaryContentAs(patch);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://r.invalid/x",
        "http://169.254.169.254/latest",
        "ftp://r.invalid/x",
        "file:///etc/passwd",
        "https://u:p@r.invalid/x",
        "",
        "http://[x"
      })
  void otherPlacesAreNotAsked(String location) throws IOException {
    registry.on("GET", blob, redirect(location));
    assertRefused(pull(":1"), "FMN-741", "sends to");
  }

  @Test
  void placesInTheOwnNetworkAreNotAskedForARegistryElsewhere() throws IOException {
    Origin outside = new Origin("https", "8.8.8.8", -1);
    for (String inside : new String[] {"127.0.0.1", "10.0.0.1", "[::1]"}) {
      Answer answer =
          new Answer(
              307,
              HttpHeaders.of(
                  Map.of("Location", List.of("https://" + inside + "/x")), (name, value) -> true),
              new byte[0],
              outside.at("/v2/"));
      assertThatThrownBy(() -> Redirect.ofBlob(outside, answer))
          .hasMessageContaining("own network");
    }
  }

  @Test
  void aManifestComesFromTheRegistryItself() throws IOException {
    registry.on("GET", MANIFEST, redirect(registry.elsewhere("/x")));
    assertRefused(pull(":1"), "expected was an address of its own");
    registry.on("GET", MANIFEST, redirect(MANIFEST + "0"));
    registry.on("GET", MANIFEST + "0", redirect(MANIFEST));
    assertRefused(pull(":1"), "more than 5 times");
  }

  @Test
  void anUploadStaysAtTheRegistry() {
    registry.blobs.clear();
    registry.on(
        "POST",
        PREFIX,
        exchange -> {
          exchange.getResponseHeaders().set("Location", registry.elsewhere("/upload"));
          answer(exchange, 202, new byte[0]);
        });
    assertThat(run("patch", "push", patch.toString(), registry.named(":1"))).isEqualTo(1);
    assertThat(said).contains("expected was an address of its own");
    assertThat(registry.requests).noneMatch(request -> request.path().equals("/upload"));
  }

  private static HttpHandler later(AtomicInteger times, String after, HttpHandler then) {
    return exchange -> {
      if (times.getAndDecrement() > 0) {
        exchange.getResponseHeaders().set("Retry-After", after);
        answer(exchange, 429, new byte[0]);
      } else {
        then.handle(exchange);
      }
    };
  }

  @Test
  void aRegistryThatAsksToWaitIsWaitedFor() throws IOException {
    registry.on("GET", MANIFEST, later(new AtomicInteger(2), "1", registry::serve));
    long began = System.nanoTime();
    assertThat(pull(":1")).as(said).isZero();
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofSeconds(2));
  }

  @Test
  void butNotForEverAndNotForLong() throws IOException {
    registry.on("GET", MANIFEST, later(new AtomicInteger(99), "0", registry::serve));
    int before = registry.requests.size();
    assertRefused(pull(":1"), "too many requests", "5. time");
    assertThat(registry.requests).hasSize(before + 5);
    registry.on("GET", MANIFEST, later(new AtomicInteger(99), "3600", registry::serve));
    assertRefused(pull(":1"), "wait 3600 seconds");
  }

  /** The program waits two minutes; here it is a fraction of a second. */
  private Registry impatient(JobContext context) {
    Reference reference = Reference.parse(registry.named(":1"));
    Patience patience = new Patience(Duration.ofMillis(400), 1000, Duration.ZERO, 1);
    return new Registry(
        reference, reference.origin(false), "pull", Optional.empty(), context, patience);
  }

  private static void drip(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    for (int i = 0; i < 600; i++) {
      exchange.getResponseBody().write(' ');
      exchange.getResponseBody().flush();
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void silenceAndDripsEnd() {
    Reference reference = Reference.parse(registry.named(":1"));
    registry.on("GET", MANIFEST, FaultyRegistryTest::drip);
    assertThatThrownBy(() -> impatient(JobContext.NONE).manifest(reference))
        .isInstanceOf(RemoteFailure.class)
        .hasMessageContaining("less than 1000 bytes a second");
    registry.on("GET", MANIFEST, FaultyRegistryTest::silent);
    assertThatThrownBy(() -> impatient(JobContext.NONE).manifest(reference))
        .isInstanceOf(RemoteFailure.class)
        .hasMessageContaining("neither sent nor taken a byte");
  }

  private static void silent(HttpExchange exchange) throws IOException {
    for (int i = 0; i < 40; i++) {
      pause();
    }
    answer(exchange, 200, text("{}"));
  }

  @Test
  void theUserStopsAWait() {
    registry.on("GET", MANIFEST, FaultyRegistryTest::drip);
    JobContext stopped =
        new JobContext.Nested() {
          @Override
          public JobContext outer() {
            return JobContext.NONE;
          }

          @Override
          public boolean cancelled() {
            return true;
          }
        };
    assertThatThrownBy(() -> impatient(stopped).manifest(Reference.parse(registry.named(":1"))))
        .isInstanceOf(CancellationException.class);
  }

  @Test
  void whatARegistrySaysOfAnErrorIsShownWithoutItsControls() throws IOException {
    registry.on(
        "GET",
        MANIFEST,
        exchange ->
            answer(
                exchange,
                403,
                text(
                    "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"no\\u001b[2J\\nfmn: ok\"}]}")));
    assertRefused(pull(":1"), "403 (DENIED: no\\u001b[2J", "may not do that");
  }
}

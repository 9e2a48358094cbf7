package dev.forgetmenot.studio.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.forgetmenot.diffusion.pipeline.ReadingOptions;
import dev.forgetmenot.keys.SigningKey;
import dev.forgetmenot.patching.library.PatchFolders;
import dev.forgetmenot.patching.trust.PatchVerifier;
import dev.forgetmenot.patching.trust.TrustStore;
import dev.forgetmenot.studio.Served;
import dev.forgetmenot.studio.draw.EmbeddedServed;
import dev.forgetmenot.studio.draw.ImageStore;
import dev.forgetmenot.studio.draw.ServedModel;
import dev.forgetmenot.studio.edit.EditSource;
import dev.forgetmenot.studio.edit.FixedEdits;
import dev.forgetmenot.studio.evaluate.FixedEvaluations;
import dev.forgetmenot.studio.event.ServerEvents;
import dev.forgetmenot.studio.http.AccessToken;
import dev.forgetmenot.studio.http.Api;
import dev.forgetmenot.studio.http.HttpServer;
import dev.forgetmenot.studio.job.JobFolders;
import dev.forgetmenot.studio.job.JobQueue;
import dev.forgetmenot.studio.job.Problem;
import dev.forgetmenot.studio.page.PageFiles;
import dev.forgetmenot.studio.patch.BaseFiles;
import dev.forgetmenot.studio.patch.PatchRoutes;
import dev.forgetmenot.studio.patch.SentPatches;
import dev.forgetmenot.studio.patch.ServerKey;
import dev.forgetmenot.studio.sdapi.SdApi;
import dev.forgetmenot.studio.sdapi.SdNames;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** A server without a model, whose queue of two places does not run. */
final class WaitingServer implements AutoCloseable {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final AccessToken TOKEN = new AccessToken("secret");

  /** What it signs with. */
  static final SigningKey KEY = SigningKey.generate();

  private final ServedModel model;
  private final JobQueue queue;
  private final ServerEvents events;
  private final ApiV1 api;
  private final SdApi others;
  private final HttpServer server;
  private final ApiDescription description = ApiDescription.read();

  /**
   * Starts it.
   *
   * @param state its folder; patches of the model are in {@code model/}
   */
  WaitingServer(Path state) throws IOException {
    this(state, new FixedEdits(List.of()));
  }

  /** The same with methods to edit by. */
  WaitingServer(Path state, EditSource source) throws IOException {
    this(state, source, Optional.of(KEY));
  }

  /** The same with another key, or none. */
  WaitingServer(Path state, EditSource source, Optional<SigningKey> key) throws IOException {
    model = EmbeddedServed.missing();
    ImageStore store = new ImageStore(state.resolve("images"));
    SentPatches patches =
        SentPatches.beside(
            new PatchFolders(List.of(state.resolve("model"))), state.resolve("patches"));
    PatchVerifier trust =
        new PatchVerifier(
            new TrustStore(state.resolve("trust.json")), Optional.empty(), note -> {});
    PatchRoutes routes =
        new PatchRoutes(
            patches, trust, model, ServerKey.of(state.resolve("signing.key"), trust.store(), key));
    Served served =
        new Served(
            TOKEN,
            model,
            store,
            routes,
            source,
            new FixedEvaluations(List.of(), state),
            new BaseFiles(state.resolve("model"), ReadingOptions.DEFAULT),
            state.resolve("models"));
    queue =
        new JobQueue(
            new JobFolders(state.resolve("jobs")),
            served.kinds(),
            2,
            failure -> new Problem("FMN-799", String.valueOf(failure.getMessage())),
            Clock.systemUTC());
    events = new ServerEvents(model, queue, store);
    api = served.api(queue, events);
    others = new SdApi(model, queue, store, new SdNames(model, patches.all()));
    server = HttpServer.start(0, Set.of(), TOKEN, List.of(api));
  }

  ApiV1 api() {
    return api;
  }

  /** All that {@code fmn studio} answers, for a server of another kind. */
  List<Api> apis() throws IOException {
    return List.of(api, others, new PageFiles());
  }

  int port() {
    return server.port();
  }

  int waiting() {
    return queue.length();
  }

  static HttpResponse<byte[]> send(HttpRequest request) throws Exception {
    return CLIENT.send(request, HttpResponse.BodyHandlers.ofByteArray());
  }

  /** Asks, and checks the answer by the description of the API. */
  HttpResponse<byte[]> send(String method, String path, String type, byte[] body) throws Exception {
    return checked(method, path, request(path, type).method(method, publisher(body)).build());
  }

  private static HttpRequest.BodyPublisher publisher(byte[] body) {
    return HttpRequest.BodyPublishers.ofByteArray(body);
  }

  private HttpRequest.Builder request(String path, String type) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + "/api/v1/" + path))
        .header("Authorization", "Bearer " + TOKEN.text())
        .header("Content-Type", type);
  }

  private HttpResponse<byte[]> checked(String method, String path, HttpRequest request)
      throws Exception {
    HttpResponse<byte[]> answer = send(request);
    description.check(
        method.toLowerCase(Locale.ROOT),
        "/" + path.replaceFirst("[?].*", ""),
        answer.statusCode(),
        answer.headers().firstValue("Content-Type").orElse(""),
        text(answer));
    return answer;
  }

  /** Posts JSON with an Idempotency-Key. */
  HttpResponse<byte[]> askOnce(String path, String key, String body) throws Exception {
    HttpRequest.Builder request = request(path, "application/json").header("Idempotency-Key", key);
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return checked("POST", path, request.POST(publisher(bytes)).build());
  }

  HttpResponse<byte[]> ask(String method, String path, String body) throws Exception {
    return send(method, path, "application/json", body.getBytes(StandardCharsets.UTF_8));
  }

  /** Asks for a job that does not fit: the answer says so, and nothing waits. */
  void refuses(String body, String sentence) throws Exception {
    HttpResponse<byte[]> answer = ask("POST", "jobs", body);
    assertThat(answer.statusCode()).as(text(answer)).isEqualTo(422);
    assertThat(json(answer).get("detail").getAsString()).contains(sentence);
    assertThat(waiting()).isZero();
  }

  static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  static JsonObject json(HttpResponse<byte[]> answer) {
    return JsonParser.parseString(text(answer)).getAsJsonObject();
  }

  @Override
  public void close() throws IOException {
    server.close();
    events.close();
    queue.close();
    model.close();
  }
}

package dev.forgetmenot.studio.api;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.SamplerProvider;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.studio.draw.DrawJob;
import dev.forgetmenot.studio.draw.DrawRequest;
import dev.forgetmenot.studio.draw.ImageRoutes;
import dev.forgetmenot.studio.draw.ImageStore;
import dev.forgetmenot.studio.draw.ServedModel;
import dev.forgetmenot.studio.edit.EditRoutes;
import dev.forgetmenot.studio.evaluate.EvaluateRoutes;
import dev.forgetmenot.studio.event.ServerEvents;
import dev.forgetmenot.studio.http.AccessToken;
import dev.forgetmenot.studio.http.Api;
import dev.forgetmenot.studio.http.HttpAnswer;
import dev.forgetmenot.studio.http.HttpCall;
import dev.forgetmenot.studio.http.HttpProblem;
import dev.forgetmenot.studio.http.JsonFields;
import dev.forgetmenot.studio.http.KeyedAnswers;
import dev.forgetmenot.studio.http.Route;
import dev.forgetmenot.studio.job.AskedKind;
import dev.forgetmenot.studio.job.Job;
import dev.forgetmenot.studio.job.JobQueue;
import dev.forgetmenot.studio.job.JobQueue.RequestFiles;
import dev.forgetmenot.studio.job.JsonTexts;
import dev.forgetmenot.studio.job.QueueFullException;
import dev.forgetmenot.studio.job.RunningJob;
import dev.forgetmenot.studio.patch.ImportKind;
import dev.forgetmenot.studio.patch.PatchRoutes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The server's own routes; refusals are {@code application/problem+json} (RFC 9457) with a code.
 *
 * @param token is exchanged for the cookie of a browser's session
 * @param kinds of jobs that are asked for by their name, beside drawings
 * @param keyed what was answered to requests that may come twice
 */
public record ApiV1(
    AccessToken token,
    ServedModel model,
    JobQueue queue,
    ImageStore store,
    PatchRoutes patches,
    EditRoutes edits,
    EvaluateRoutes evaluations,
    List<AskedKind> kinds,
    ServerEvents events,
    KeyedAnswers keyed)
    implements Api {
  private static final String HERE = "/api/v1/";
  private static final int MOST_IMPORTED = 256 << 20; // bytes; a larger one is for fmn patch import

  /** A page of a report shows its own scripts and images, and reaches nothing of the server. */
  private static final String REPORT_POLICY =
      "sandbox allow-scripts; default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src"
          + " 'unsafe-inline'";

  @Override
  public String prefix() {
    return HERE;
  }

  @Override
  public List<Route> routes() {
    List<Route> routes = new ArrayList<>(own());
    routes.addAll(new ImageRoutes(store).below(HERE + "images"));
    routes.addAll(patches.below(HERE + "patches", keyed));
    routes.addAll(patches.key().routes(HERE + "key"));
    routes.addAll(edits.below(HERE));
    routes.addAll(evaluations.below(HERE));
    routes.addAll(events.below(HERE));
    Route imports = Route.of("POST", HERE + "imports", this::importFile);
    routes.add(keyed.of(imports.taking(Route.BINARY, MOST_IMPORTED)));
    return routes;
  }

  private List<Route> own() {
    return List.of(
        Route.of("POST", HERE + "session", this::begin).forAnyone(),
        Route.of("DELETE", HERE + "session", call -> cookie(call, "", 0)),
        Route.of("GET", HERE + "openapi.yaml", call -> description()),
        Route.of("GET", HERE + "samplers", call -> samplers()),
        Route.of("GET", HERE + "jobs", this::jobs),
        keyed.of(Route.of("POST", HERE + "jobs", this::submit)),
        Route.of("GET", HERE + "jobs/{id}", call -> HttpAnswer.json(json(job(call)))),
        Route.of("DELETE", HERE + "jobs/{id}", this::remove),
        Route.of("POST", HERE + "jobs/{id}/cancel", this::cancel),
        Route.of("GET", HERE + "jobs/{id}/preview", this::preview),
        Route.of("GET", HERE + "jobs/{id}/sheet", this::sheet),
        Route.of("GET", HERE + "jobs/{id}/file", this::file),
        Route.of("GET", HERE + "jobs/{id}/report", this::report));
  }

  @Override
  public HttpAnswer refusal(HttpProblem problem) {
    JsonObject json = new JsonObject();
    json.addProperty("type", "/problems/" + problem.code());
    json.addProperty("title", problem.code());
    json.addProperty("status", problem.status());
    json.addProperty("detail", problem.getMessage());
    json.addProperty("code", problem.code());
    byte[] body = HttpAnswer.json(json).body();
    return new HttpAnswer(problem.status(), "application/problem+json", body, problem.headers());
  }

  private HttpAnswer begin(HttpCall call) throws HttpProblem {
    JsonElement given = call.json().get("token");
    if (given == null || !given.isJsonPrimitive() || !token.is(given.getAsString())) {
      throw new HttpProblem(401, "FMN-801", "the token is missing or wrong");
    }
    return cookie(call, token.cookie(), 30 * 24 * 3600);
  }

  private static HttpAnswer cookie(HttpCall call, String value, int seconds) {
    return HttpAnswer.none()
        .with(
            "Set-Cookie",
            HttpCall.cookieName(call.port())
                + "="
                + value
                + "; Path=/; HttpOnly; SameSite=Strict"
                + (call.secure() ? "; Secure" : "")
                + "; Max-Age="
                + seconds);
  }

  /** What stands in this folder of the jar, for programs that ask. */
  private static HttpAnswer description() throws IOException {
    try (InputStream in = ApiV1.class.getResourceAsStream("openapi.yaml")) {
      return HttpAnswer.bytes("application/yaml", in.readAllBytes());
    }
  }

  private HttpAnswer jobs(HttpCall call) throws HttpProblem {
    int limit = call.limit();
    Predicate<Job> asked =
        job ->
            is(call.asked("state"), job.state().word())
                && is(call.asked("kind"), job.kind())
                && call.asked("before").map(id -> job.id().compareTo(id) < 0).orElse(true);
    JsonArray jobs = new JsonArray();
    queue.jobs().stream().filter(asked).limit(limit).map(this::json).forEach(jobs::add);
    return HttpAnswer.page("jobs", jobs, limit);
  }

  private HttpAnswer samplers() {
    JsonArray samplers = new JsonArray();
    for (SamplerProvider one : model.samplers()) {
      JsonObject sampler = new JsonObject();
      sampler.addProperty("name", one.name());
      sampler.addProperty("label", one.displayName());
      samplers.add(sampler);
    }
    JsonObject json = new JsonObject();
    json.add("samplers", samplers);
    return HttpAnswer.json(json);
  }

  private HttpAnswer submit(HttpCall call) throws HttpProblem, IOException {
    JsonFields fields = new JsonFields(call.json());
    String kind = fields.text("kind");
    if (kind.equals(DrawJob.NAME)) {
      return draw(fields);
    }
    Optional<AskedKind> asked = kinds.stream().filter(one -> one.name().equals(kind)).findFirst();
    if (asked.isEmpty()) {
      throw HttpProblem.unfit(
          "kind should be draw or one of " + kinds.stream().map(AskedKind::name).toList());
    }
    try {
      return submit(kind, asked.get().check(fields.json()), fields.json(), RequestFiles.NONE);
    } catch (PatchFormatException e) {
      throw new HttpProblem(422, e.error().code(), e.why());
    }
  }

  private HttpAnswer draw(JsonFields fields) throws HttpProblem, IOException {
    DrawBody body = new DrawBody(fields);
    GenerationRequest request = body.request();
    model.ready().ifPresent(loaded -> loaded.model().sampler(request));
    return submit(
        DrawJob.NAME,
        request.prompt(),
        DrawRequest.json(request, body.denoising()),
        body.files(store));
  }

  /** Another tool's file, which becomes a patch. */
  private HttpAnswer importFile(HttpCall call) throws HttpProblem, IOException {
    String sentAs = call.asked("name").orElse("");
    JsonObject request = ImportKind.request(sentAs);
    return submit(
        ImportKind.NAME,
        "import " + request.get("file").getAsString(),
        request,
        ImportKind.files(request, call.body()));
  }

  private HttpAnswer submit(String kind, String title, JsonObject request, RequestFiles files)
      throws HttpProblem, IOException {
    try {
      Job job = queue.submit(kind, title, request, files);
      return HttpAnswer.json(202, json(job)).with("Location", HERE + "jobs/" + job.id());
    } catch (QueueFullException e) {
      throw HttpProblem.busy(e.getMessage(), e.seconds());
    }
  }

  private static boolean is(Optional<String> wanted, String value) {
    return wanted.map(value::equals).orElse(true);
  }

  /** A job with its progress and what it has said, if it is being done. */
  private JsonObject json(Job job) {
    JsonObject json = job.json();
    running(job)
        .ifPresent(
            running -> {
              json.add("progress", running.progress().json());
              json.add("lines", JsonTexts.array(running.lines()));
              JsonArray losses = new JsonArray();
              running.losses().forEach(losses::add);
              json.add("losses", losses);
            });
    return json;
  }

  private Optional<RunningJob> running(Job job) {
    return queue.running().filter(one -> one.id().equals(job.id()));
  }

  private Job job(HttpCall call) throws HttpProblem {
    String id = call.name("id");
    return queue.job(id).orElseThrow(() -> HttpProblem.notFound("there is no job of this id"));
  }

  private HttpAnswer cancel(HttpCall call) throws HttpProblem, IOException {
    Job job = job(call);
    queue.cancel(job.id());
    return HttpAnswer.json(202, json(job(call)));
  }

  private HttpAnswer remove(HttpCall call) throws HttpProblem, IOException {
    Job job = job(call);
    if (!queue.remove(job.id())) {
      throw new HttpProblem(409, "FMN-810", "the job has not ended; cancel it first");
    }
    return HttpAnswer.none();
  }

  private HttpAnswer preview(HttpCall call) throws HttpProblem {
    return running(job(call))
        .flatMap(RunningJob::preview)
        .map(png -> HttpAnswer.bytes("image/png", png))
        .orElseGet(HttpAnswer::none);
  }

  /** The images before and after an edit. */
  private HttpAnswer sheet(HttpCall call) throws HttpProblem, IOException {
    return HttpAnswer.bytes("image/png", Files.readAllBytes(made(call, "sheet")));
  }

  /** What a job made, to be kept by the user. */
  private HttpAnswer file(HttpCall call) throws HttpProblem, IOException {
    Path file = made(call, "file");
    return HttpAnswer.bytes(Route.BINARY, Files.readAllBytes(file))
        .with("Content-Disposition", "attachment; filename=\"" + file.getFileName() + "\"");
  }

  /** The page of an evaluation. */
  private HttpAnswer report(HttpCall call) throws HttpProblem, IOException {
    return HttpAnswer.bytes("text/html; charset=utf-8", Files.readAllBytes(made(call, "report")))
        .with("Content-Security-Policy", REPORT_POLICY);
  }

  /** A file of a job, which its own result names. */
  private Path made(HttpCall call, String key) throws HttpProblem {
    Job job = job(call);
    JsonElement file = job.result().get(key);
    if (file == null) {
      throw HttpProblem.notFound("the job has no " + key);
    }
    return queue.folder(job.id()).resolve(file.getAsString());
  }
}

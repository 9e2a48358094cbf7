package dev.forgetmenot.studio.sdapi;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.kit.image.ImageFile;
import dev.forgetmenot.studio.draw.DrawJob;
import dev.forgetmenot.studio.draw.DrawRequest;
import dev.forgetmenot.studio.draw.ImageStore;
import dev.forgetmenot.studio.draw.ServedModel;
import dev.forgetmenot.studio.draw.StoredImage;
import dev.forgetmenot.studio.http.Api;
import dev.forgetmenot.studio.http.HttpAnswer;
import dev.forgetmenot.studio.http.HttpCall;
import dev.forgetmenot.studio.http.HttpProblem;
import dev.forgetmenot.studio.http.JsonFields;
import dev.forgetmenot.studio.http.Route;
import dev.forgetmenot.studio.job.Job;
import dev.forgetmenot.studio.job.JobQueue;
import dev.forgetmenot.studio.job.JobState;
import dev.forgetmenot.studio.job.Problem;
import dev.forgetmenot.studio.job.QueueFullException;
import dev.forgetmenot.studio.job.RunningJob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The routes of A1111 (version 1.10) that its clients use. Drawing answers when the job is done and
 * holds no thread until then.
 *
 * @param model what draws
 * @param queue does the jobs
 * @param store has the images
 * @param names what {@code sd-models}, {@code samplers}, {@code loras} and the like list
 */
public record SdApi(ServedModel model, JobQueue queue, ImageStore store, SdNames names)
    implements Api {
  private static final String HERE = "/sdapi/v1/";
  private static final int BODY = 64 << 20;

  @Override
  public String prefix() {
    return "/";
  }

  @Override
  public List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    routes.add(Route.later("POST", HERE + "txt2img", BODY, call -> draw(call, false)));
    routes.add(Route.later("POST", HERE + "img2img", BODY, call -> draw(call, true)));
    routes.add(Route.of("GET", HERE + "progress", this::progress));
    routes.add(Route.of("POST", HERE + "interrupt", call -> interrupt()));
    routes.add(Route.of("POST", HERE + "skip", call -> interrupt()));
    routes.add(Route.of("GET", HERE + "options", call -> HttpAnswer.json(names.options())));
    routes.add(Route.of("POST", HERE + "options", this::setOptions));
    routes.add(Route.of("POST", HERE + "png-info", SdApi::pngInfo).taking(Route.JSON, BODY));
    names
        .lists()
        .forEach(
            (path, list) ->
                routes.add(Route.of("GET", HERE + path, call -> HttpAnswer.json(list.read()))));
    routes.add(
        Route.of("POST", HERE + "refresh-loras", call -> HttpAnswer.json(JsonNull.INSTANCE)));
    routes.add(
        Route.of("GET", "/internal/ping", call -> HttpAnswer.json(new JsonObject())).forAnyone());
    return routes;
  }

  @Override
  public HttpAnswer refusal(HttpProblem problem) {
    JsonObject json = new JsonObject();
    json.addProperty("error", problem.code());
    json.addProperty("detail", problem.getMessage());
    json.addProperty("body", "");
    json.addProperty("errors", problem.getMessage());
    HttpAnswer answer = HttpAnswer.json(problem.status(), json);
    return new HttpAnswer(answer.status(), answer.type(), answer.body(), problem.headers());
  }

  private CompletableFuture<HttpAnswer> draw(HttpCall call, boolean fromImage)
      throws HttpProblem, IOException {
    Txt2ImgBody body = new Txt2ImgBody(new JsonFields(call.json()));
    names.requireModel(body.override("sd_model_checkpoint"));
    GenerationRequest request = body.request();
    checkSampler(request);
    Optional<InitialImages> initial =
        fromImage ? Optional.of(InitialImages.of(body.fields().json())) : Optional.empty();
    Optional<Double> denoising = fromImage ? Optional.of(body.denoising()) : Optional.empty();
    boolean sends = body.sendsImages();
    JsonObject parameters = body.fields().json().deepCopy();
    List.of("url", "auth", "init_images", "mask").forEach(parameters::remove);
    Job job;
    try {
      job =
          queue.submit(
              DrawJob.NAME,
              request.prompt(),
              DrawRequest.json(request, denoising),
              initial.map(InitialImages::files).orElse(JobQueue.RequestFiles.NONE));
    } catch (QueueFullException e) {
      throw HttpProblem.busy(e.getMessage(), e.seconds());
    }
    return queue.end(job.id()).thenApply(done -> drawn(done, request, parameters, sends));
  }

  private void checkSampler(GenerationRequest request) throws HttpProblem {
    NamedModel loaded = loaded();
    try {
      loaded.model().sampler(request);
    } catch (IllegalArgumentException e) {
      throw HttpProblem.notFound("Sampler not found: " + e.getMessage());
    }
  }

  private NamedModel loaded() throws HttpProblem {
    if (model.ready().isPresent()) {
      return model.ready().get();
    }
    Optional<Throwable> failure = model.failure();
    throw failure.isPresent()
        ? new HttpProblem(
            503, "FMN-809", "the model cannot be loaded: " + failure.get().getMessage())
        : new HttpProblem(
            503, "FMN-809", "the model is being loaded; try again", Map.of("Retry-After", "2"));
  }

  private HttpAnswer drawn(
      Job job, GenerationRequest request, JsonObject parameters, boolean sends) {
    if (job.state() != JobState.DONE && job.state() != JobState.CANCELLED) {
      Problem problem =
          job.problem().orElse(new Problem("FMN-806", "the job ended before it was done"));
      throw new CompletionException(
          new HttpProblem(status(problem.code()), problem.code(), problem.sentence()));
    }
    JsonArray images = new JsonArray();
    List<StoredImage> stored = new ArrayList<>();
    try {
      for (JsonElement id : ids(job)) {
        if (sends) {
          byte[] bytes = store.bytes(id.getAsString());
          images.add(Base64.getEncoder().encodeToString(bytes));
        }
        store.image(id.getAsString()).ifPresent(stored::add);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    JsonObject answer = new JsonObject();
    answer.add("images", images);
    answer.add("parameters", parameters);
    answer.addProperty("info", new DrawnInfo(job, request, stored, model.name()).text());
    return HttpAnswer.json(answer);
  }

  private static JsonArray ids(Job job) {
    JsonArray ids = job.result().getAsJsonArray("images");
    return ids == null ? new JsonArray() : ids;
  }

  private static int status(String code) {
    return switch (code) {
      case "FMN-703" -> 507;
      case "FMN-711", "FMN-712" -> 503;
      case "FMN-722", "FMN-799", "FMN-806" -> 500;
      default -> 422;
    };
  }

  private HttpAnswer progress(HttpCall call) {
    Optional<RunningJob> running = queue.running();
    boolean skips = call.asked("skip_current_image").filter("true"::equals).isPresent();
    JsonObject state = new JsonObject();
    state.addProperty("skipped", false);
    state.addProperty("interrupted", running.filter(RunningJob::cancelled).isPresent());
    state.addProperty("stopping_generation", false);
    state.addProperty("job", running.map(RunningJob::id).orElse(""));
    state.addProperty("job_count", queue.length() + running.stream().count());
    state.addProperty("job_timestamp", "0");
    state.addProperty("job_no", 0);
    Optional<RunningJob.Progress> progress = running.map(RunningJob::progress);
    state.addProperty("sampling_step", progress.map(RunningJob.Progress::done).orElse(0L));
    state.addProperty("sampling_steps", progress.map(RunningJob.Progress::total).orElse(0L));
    JsonObject answer = new JsonObject();
    answer.addProperty("progress", progress.map(RunningJob.Progress::share).orElse(0.0));
    answer.addProperty("eta_relative", progress.map(RunningJob.Progress::secondsLeft).orElse(0.0));
    answer.add("state", state);
    Optional<String> image =
        skips
            ? Optional.empty()
            : running.flatMap(RunningJob::preview).map(Base64.getEncoder()::encodeToString);
    answer.addProperty("current_image", image.orElse(null));
    answer.add("textinfo", JsonNull.INSTANCE);
    return HttpAnswer.json(answer);
  }

  private HttpAnswer interrupt() {
    queue.running().ifPresent(RunningJob::cancel);
    return HttpAnswer.json(new JsonObject());
  }

  private HttpAnswer setOptions(HttpCall call) throws HttpProblem {
    JsonElement checkpoint = call.json().get("sd_model_checkpoint");
    if (checkpoint != null && checkpoint.isJsonPrimitive()) {
      names.requireModel(checkpoint.getAsString());
    }
    return HttpAnswer.json(new JsonObject());
  }

  private static HttpAnswer pngInfo(HttpCall call) throws HttpProblem, IOException {
    JsonObject json = new JsonObject();
    JsonArray one = new JsonArray();
    one.add(call.json().get("image"));
    json.add("init_images", one);
    byte[] bytes = InitialImages.of(json).image();
    Path file = Files.createTempFile("fmn-png-info", ".png");
    try {
      Files.write(file, bytes);
      String text = ImageFile.text(file, "parameters").orElse("");
      JsonObject answer = new JsonObject();
      answer.addProperty("info", text);
      answer.add("items", new JsonObject());
      answer.add("parameters", new JsonObject());
      return HttpAnswer.json(answer);
    } catch (IOException e) {
      throw HttpProblem.unfit(Message.of("the image cannot be read: %s", message(e, file)));
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /** What was wrong, without the place of a temporary file. */
  private static String message(IOException failure, Path file) {
    return String.valueOf(failure.getMessage()).replace(file.toString(), "it");
  }
}

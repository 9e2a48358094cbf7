package dev.forgetmenot.studio.job;

import com.google.gson.JsonObject;
import java.time.Instant;
import java.util.Optional;

/**
 * A job as it stands in its folder.
 *
 * @param id a ULID, so that ids are in the order in which jobs were asked for
 * @param kind the name of a {@link JobKind}
 * @param title for people
 * @param request what was asked for, as the kind reads it; never changed
 * @param created when it was asked for
 * @param started when it was begun last
 * @param ended when it ended
 * @param attempts how often it was begun
 * @param problem why it failed
 * @param result what the kind says of what it did; empty before its end
 */
public record Job(
    String id,
    String kind,
    String title,
    JobState state,
    JsonObject request,
    Instant created,
    Optional<Instant> started,
    Optional<Instant> ended,
    int attempts,
    Optional<Problem> problem,
    JsonObject result) {

  static Job queued(String id, String kind, String title, JsonObject request, Instant now) {
    return new Job(
        id,
        kind,
        title,
        JobState.QUEUED,
        request,
        now,
        Optional.empty(),
        Optional.empty(),
        0,
        Optional.empty(),
        new JsonObject());
  }

  Job begun(Instant now) {
    return new Job(
        id,
        kind,
        title,
        JobState.RUNNING,
        request,
        created,
        Optional.of(now),
        Optional.empty(),
        attempts + 1,
        Optional.empty(),
        result);
  }

  Job ended(JobState as, Optional<Problem> why, JsonObject made, Instant now) {
    return new Job(
        id, kind, title, as, request, created, started, Optional.of(now), attempts, why, made);
  }

  /**
   * The same job, waiting once more.
   *
   * @param begun how often it counts as begun
   */
  Job again(int begun) {
    return new Job(
        id,
        kind,
        title,
        JobState.QUEUED,
        request,
        created,
        started,
        Optional.empty(),
        begun,
        Optional.empty(),
        new JsonObject());
  }

  /** As it is written and answered. */
  public JsonObject json() {
    JsonObject json = new JsonObject();
    json.addProperty("id", id);
    json.addProperty("kind", kind);
    json.addProperty("title", title);
    json.addProperty("state", state.word());
    json.addProperty("createdAt", created.toString());
    started.ifPresent(time -> json.addProperty("startedAt", time.toString()));
    ended.ifPresent(time -> json.addProperty("endedAt", time.toString()));
    json.addProperty("attempts", attempts);
    problem.ifPresent(why -> json.add("error", why.json()));
    json.add("request", request);
    json.add("result", result);
    return json;
  }

  static Job of(JsonObject json) {
    return new Job(
        json.get("id").getAsString(),
        json.get("kind").getAsString(),
        json.get("title").getAsString(),
        JobState.of(json.get("state").getAsString()),
        json.getAsJsonObject("request"),
        Instant.parse(json.get("createdAt").getAsString()),
        time(json, "startedAt"),
        time(json, "endedAt"),
        json.get("attempts").getAsInt(),
        Optional.ofNullable(json.getAsJsonObject("error")).map(Problem::of),
        json.getAsJsonObject("result"));
  }

  private static Optional<Instant> time(JsonObject json, String key) {
    return Optional.ofNullable(json.get(key)).map(value -> Instant.parse(value.getAsString()));
  }
}

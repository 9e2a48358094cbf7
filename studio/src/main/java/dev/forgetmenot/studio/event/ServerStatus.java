package dev.forgetmenot.studio.event;

import com.google.gson.JsonObject;
import dev.forgetmenot.studio.draw.ServedModel;
import dev.forgetmenot.studio.http.HttpAnswer;
import dev.forgetmenot.studio.job.JobQueue;

/**
 * What the server is doing, as bytes that are made once a change: it is asked often. Any thread.
 */
final class ServerStatus {
  private final String version;
  private final ServedModel model;
  private final JobQueue queue;
  private volatile HttpAnswer answer;

  ServerStatus(String version, ServedModel model, JobQueue queue) {
    this.version = version;
    this.model = model;
    this.queue = queue;
    refresh();
  }

  /** Makes the answer anew, after something has changed. */
  synchronized void refresh() {
    JsonObject json = queue();
    json.addProperty("version", version);
    json.add("model", model());
    answer = HttpAnswer.json(json);
  }

  HttpAnswer answer() {
    return answer;
  }

  /** How many jobs wait, and which is being done. */
  JsonObject queue() {
    JsonObject json = new JsonObject();
    json.addProperty("queued", queue.length());
    queue.running().ifPresent(job -> json.addProperty("running", job.id()));
    return json;
  }

  /** The model that is served, and whether it is loaded. */
  JsonObject model() {
    JsonObject json = new JsonObject();
    json.addProperty("name", model.name());
    json.addProperty("state", model.state());
    model
        .ready()
        .map(loaded -> loaded.model())
        .ifPresent(
            loaded -> {
              json.addProperty("imageSize", loaded.imageSize());
              json.addProperty("textEncoders", loaded.base().textEncoders().size());
            });
    model.failure().ifPresent(why -> json.addProperty("detail", why.getMessage()));
    return json;
  }
}

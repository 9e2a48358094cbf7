package dev.forgetmenot.studio.event;

import com.google.gson.JsonObject;
import dev.forgetmenot.host.HostVersions;
import dev.forgetmenot.studio.draw.ImageStore;
import dev.forgetmenot.studio.draw.ServedModel;
import dev.forgetmenot.studio.draw.StoredImage;
import dev.forgetmenot.studio.http.Route;
import dev.forgetmenot.studio.job.Job;
import dev.forgetmenot.studio.job.JobQueue;
import dev.forgetmenot.studio.job.JobState;
import dev.forgetmenot.studio.job.RunningJob;
import java.util.List;
import java.util.Optional;

/**
 * Tells what happens: {@code job}, {@code queue}, {@code model} and {@code image} at each change,
 * {@code progress}, {@code log} and {@code preview} of the job that is being done, looked at four
 * times a second, so that a job waits for no listener. Any thread.
 */
public final class ServerEvents implements AutoCloseable {
  private static final int LOOK_MILLIS = 250;
  private static final int TITLE = 200;
  private static final int LINE = 2000;

  private final ServerStatus status;
  private final EventStream stream;
  private final JobQueue queue;
  private Optional<Watched> watched = Optional.empty(); // of the thread of the stream alone
  private String told = ""; // the newest event of the queue; of the same thread

  /** Tells of these from now on. */
  public ServerEvents(ServedModel model, JobQueue queue, ImageStore store) {
    String version = HostVersions.read().program();
    this.queue = queue;
    status = new ServerStatus(version, model, queue);
    String epoch = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
    stream = new EventStream(version, epoch, EventStream.BEAT_MILLIS);
    queue.listen(this::changed);
    store.listen(this::drawn);
    model.whenLoaded((loaded, failure) -> loaded());
    stream.every(LOOK_MILLIS, () -> watched.ifPresent(this::look));
  }

  /**
   * The routes below a prefix.
   *
   * @param here such as {@code /api/v1/}
   */
  public List<Route> below(String here) {
    return List.of(
        Route.of("GET", here + "status", call -> status.answer()),
        Route.of("GET", here + "events", call -> stream.listen(call.header("Last-Event-ID"))));
  }

  private void loaded() {
    status.refresh();
    stream.send("model", status.model());
  }

  private void changed(Job job) {
    status.refresh();
    Optional<RunningJob> begun =
        job.state() == JobState.RUNNING ? queue.running() : Optional.empty();
    stream.then(
        () -> {
          begun.ifPresent(running -> watched = Optional.of(new Watched(running)));
          watched
              .filter(one -> job.state().ended() && one.job.id().equals(job.id()))
              .ifPresent(
                  one -> {
                    look(one);
                    watched = Optional.empty();
                  });
          stream.send("job", json(job));
          JsonObject line = status.queue();
          if (!line.toString().equals(told)) {
            told = line.toString();
            stream.send("queue", line);
          }
        });
  }

  /** A job without what was asked for and what it made: those are read where they are wanted. */
  private static JsonObject json(Job job) {
    JsonObject json = job.json();
    json.remove("request");
    json.remove("result");
    json.addProperty("title", cut(job.title(), TITLE));
    return json;
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most) + "…";
  }

  private void drawn(StoredImage image) {
    JsonObject json = new JsonObject();
    json.addProperty("id", image.id());
    json.addProperty("job", image.job());
    json.addProperty("seed", Long.toString(image.seed()));
    stream.send("image", json);
  }

  /** The job that is being done, and how much of it was told. */
  private static final class Watched {
    private final RunningJob job;
    private String progress = "";
    private int lines;
    private int previews;

    private Watched(RunningJob job) {
      this.job = job;
    }
  }

  private void look(Watched one) {
    RunningJob.Progress now = one.job.progress();
    String state = now.stage() + " " + now.done() + " " + now.total();
    if (!state.equals(one.progress)) {
      one.progress = state;
      JsonObject json = now.json();
      json.addProperty("id", one.job.id());
      stream.send("progress", json);
    }
    List<String> lines = one.job.lines();
    for (String line : lines.subList(one.lines, lines.size())) {
      JsonObject json = new JsonObject();
      json.addProperty("id", one.job.id());
      json.addProperty("line", cut(line, LINE));
      stream.send("log", json);
    }
    one.lines = lines.size();
    if (one.job.previews() > one.previews) {
      one.previews = one.job.previews();
      JsonObject json = new JsonObject();
      json.addProperty("id", one.job.id());
      json.addProperty("n", one.previews);
      stream.send("preview", json);
    }
  }

  /** Ends what listeners hear. */
  @Override
  public void close() {
    stream.close();
  }
}

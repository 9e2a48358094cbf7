package dev.forgetmenot.studio.job;

import com.google.gson.JsonObject;
import dev.forgetmenot.api.edit.JobContext;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** The job that is being done: its progress, and whether it is to stop. Any thread. */
public final class RunningJob implements JobContext {
  private static final int MOST_LOSSES = 200;

  private final String id;
  private final Instant began;
  private final String place;
  private final AtomicBoolean stop = new AtomicBoolean();
  private final AtomicBoolean previewAsked = new AtomicBoolean();
  private final List<String> lines = new ArrayList<>();
  private final List<Double> losses = new ArrayList<>();
  private String stage = "";
  private long done;
  private long total;
  private Optional<byte[]> preview = Optional.empty();
  private int previews;

  /**
   * Begins a job.
   *
   * @param folder of the job, which what it says does not name
   */
  RunningJob(String id, Instant began, Path folder) {
    this.id = id;
    this.began = began;
    this.place = folder + folder.getFileSystem().getSeparator();
  }

  /**
   * How far a job is.
   *
   * @param stage what is being done, in words
   * @param done of {@code total}
   * @param total 0 while it is not known
   * @param elapsed since the job began
   */
  public record Progress(String stage, long done, long total, Duration elapsed) {
    /** The share that is done, in [0, 1]. */
    public double share() {
      return total == 0 ? 0 : (double) done / total;
    }

    /** As it is answered, with the seconds that are left. */
    public JsonObject json() {
      JsonObject json = new JsonObject();
      json.addProperty("stage", stage);
      json.addProperty("done", done);
      json.addProperty("total", total);
      json.addProperty("secondsLeft", secondsLeft());
      return json;
    }

    /** Seconds that are left if it goes on as before; 0 while nothing is known. */
    public double secondsLeft() {
      return done == 0 ? 0 : elapsed.toMillis() / 1e3 / done * (total - done);
    }
  }

  /** The job's id. */
  public String id() {
    return id;
  }

  /** How far it is. */
  public synchronized Progress progress() {
    return new Progress(stage, done, total, Duration.between(began, Instant.now()));
  }

  @Override
  public synchronized void progress(String of, long have, long all) {
    stage = of;
    done = have;
    total = all;
  }

  @Override
  public synchronized void say(String line) {
    lines.add(line.replace(place, ""));
  }

  /** What the job said. */
  public synchronized List<String> lines() {
    return List.copyOf(lines);
  }

  @Override
  public synchronized void trained(int step, int steps, double loss, double gradientNorm) {
    if (losses.size() == MOST_LOSSES) {
      losses.subList(0, MOST_LOSSES / 2).clear();
    }
    losses.add(loss);
  }

  /** The loss of each training step, the last ones of a long training. */
  public synchronized List<Double> losses() {
    return List.copyOf(losses);
  }

  @Override
  public boolean cancelled() {
    return stop.get();
  }

  /** Stops it between two steps. */
  public void cancel() {
    stop.set(true);
  }

  /** The newest preview, a PNG file; one that is asked for is made after a later step. */
  public synchronized Optional<byte[]> preview() {
    previewAsked.set(true);
    return preview;
  }

  /** Whether anyone has asked for a preview since the last one. */
  public boolean previewWanted() {
    return previewAsked.get();
  }

  /** Keeps a preview for who asks. */
  public synchronized void preview(byte[] png) {
    previewAsked.set(false);
    preview = Optional.of(png);
    previews++;
  }

  /** How many previews were kept. */
  public synchronized int previews() {
    return previews;
  }
}

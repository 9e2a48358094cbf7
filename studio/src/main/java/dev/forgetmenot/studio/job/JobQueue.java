package dev.forgetmenot.studio.job;

import com.github.f4b6a3.ulid.UlidCreator;
import com.google.gson.JsonObject;
import dev.forgetmenot.files.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Does jobs one after the other, in the order in which they were asked for, on one thread. A job is
 * on disk before it waits. Any thread may call.
 */
public final class JobQueue implements AutoCloseable {
  /** A job that was begun so often and never ended is not begun again. */
  private static final int ATTEMPTS = 2;

  private static final long USUAL_SECONDS = 10;

  private final JobFolders folders;
  private final Map<String, JobKind> kinds;
  private final int places;
  private final Function<Throwable, Problem> problems;
  private final Clock clock;
  private final List<Consumer<Job>> listeners = new ArrayList<>();
  private final TreeMap<String, Job> jobs = new TreeMap<>();
  private final Deque<String> waiting = new ArrayDeque<>();
  private final Map<String, CompletableFuture<Job>> ends = new HashMap<>();
  private Optional<RunningJob> running = Optional.empty();
  private Duration last = Duration.ofSeconds(USUAL_SECONDS);
  private boolean closed;
  private Thread worker; // null before start()

  /**
   * A queue with the jobs of its folders; {@link #start} begins to do them. One that was being done
   * when the program ended waits again, unless that happened before.
   *
   * @param places how many jobs may wait
   * @param problems says what is told of an exception that ends a job
   * @throws IOException if the folders cannot be read or written
   */
  public JobQueue(
      JobFolders folders,
      List<JobKind> kinds,
      int places,
      Function<Throwable, Problem> problems,
      Clock clock)
      throws IOException {
    this.folders = folders;
    this.kinds = new HashMap<>();
    kinds.forEach(kind -> this.kinds.put(kind.name(), kind));
    this.places = places;
    this.problems = problems;
    this.clock = clock;
    for (Job job : folders.all()) {
      keep(job.state() == JobState.RUNNING ? afterCrash(job) : job);
    }
  }

  private Job afterCrash(Job job) throws IOException {
    Job now =
        job.attempts() < ATTEMPTS
            ? job.again(job.attempts())
            : job.ended(
                JobState.INTERRUPTED,
                Optional.of(
                    new Problem(
                        "FMN-806",
                        Message.of(
                            "the program ended %s times while this was being done; ask for it again"
                                + " to try once more",
                            job.attempts()))),
                new JsonObject(),
                clock.instant());
    folders.write(now);
    return now;
  }

  private void keep(Job job) {
    jobs.put(job.id(), job);
    if (job.state() == JobState.QUEUED) {
      waiting.add(job.id());
      ends.put(job.id(), new CompletableFuture<>());
    }
  }

  /** Is told of each change of a job's state, on the thread that made it. */
  public synchronized void listen(Consumer<Job> listener) {
    listeners.add(listener);
  }

  /** Begins to do jobs. */
  public synchronized void start() {
    worker = new Thread(this::work, "fmn-jobs");
    worker.setDaemon(true);
    worker.start();
  }

  /**
   * Asks for a job.
   *
   * @param files come into the job's folder before it waits
   * @throws QueueFullException if too many wait
   * @throws IOException if it cannot be written
   */
  public Job submit(String kind, String title, JsonObject request, RequestFiles files)
      throws IOException {
    if (!kinds.containsKey(kind)) {
      throw new IllegalArgumentException("there is no kind of job named " + kind);
    }
    Job job;
    synchronized (this) {
      if (waiting.size() >= places) {
        throw new QueueFullException(places, Math.max(1, last.toSeconds()));
      }
      String id = UlidCreator.getMonotonicUlid().toString();
      job = Job.queued(id, kind, title, request, clock.instant());
      files.writeTo(Files.createDirectories(folders.folder(id)));
      folders.write(job);
      keep(job);
      notifyAll();
    }
    tell(job);
    return job;
  }

  /** Files that belong to a request. */
  @FunctionalInterface
  public interface RequestFiles {
    /** A request without files. */
    RequestFiles NONE = folder -> {};

    /** Writes them into the folder of the job, which is there. */
    void writeTo(Path folder) throws IOException;
  }

  /** Is completed when a job ends; at once for one that has ended. */
  public synchronized CompletableFuture<Job> end(String id) {
    CompletableFuture<Job> end = ends.get(id);
    return end == null ? CompletableFuture.completedFuture(jobs.get(id)) : end.copy();
  }

  /** A job by its id. */
  public synchronized Optional<Job> job(String id) {
    return Optional.ofNullable(jobs.get(id));
  }

  /** The folder of a job, with the files of its request and of its result. */
  public Path folder(String id) {
    return folders.folder(id);
  }

  /** All jobs, the newest first. */
  public synchronized List<Job> jobs() {
    return List.copyOf(jobs.descendingMap().values());
  }

  /** How many jobs wait. */
  public synchronized int length() {
    return waiting.size();
  }

  /** The job that is being done. */
  public synchronized Optional<RunningJob> running() {
    return running;
  }

  /**
   * Stops a job: one that waits at once, one that is being done between two steps. Nothing happens
   * to one that has ended.
   *
   * @return false if there is no such job
   */
  public boolean cancel(String id) throws IOException {
    synchronized (this) {
      if (!jobs.containsKey(id)) {
        return false;
      }
      running.filter(job -> job.id().equals(id)).ifPresent(RunningJob::cancel);
      if (!waiting.remove(id)) {
        return true;
      }
    }
    end(id, JobState.CANCELLED, Optional.empty(), new JsonObject());
    return true;
  }

  /**
   * Removes a job that has ended.
   *
   * @return false if there is none, or it has not ended
   */
  public synchronized boolean remove(String id) throws IOException {
    Job job = jobs.get(id);
    if (job == null || !job.state().ended()) {
      return false;
    }
    jobs.remove(id);
    folders.remove(id);
    return true;
  }

  private void work() {
    while (true) {
      Job job;
      synchronized (this) {
        while (waiting.isEmpty() && !closed) {
          try {
            wait();
          } catch (InterruptedException e) {
            return;
          }
        }
        if (closed) {
          return;
        }
        job = jobs.get(waiting.remove()).begun(clock.instant());
        jobs.put(job.id(), job);
        running =
            Optional.of(
                new RunningJob(job.id(), job.started().orElseThrow(), folders.folder(job.id())));
      }
      run(job, running.orElseThrow());
    }
  }

  @SuppressWarnings("CatchThrowable") // a job that runs out of memory ends; the queue goes on
  private void run(Job job, RunningJob context) {
    try {
      folders.write(job);
      tell(job);
      JsonObject result =
          kinds.get(job.kind()).run(job.request(), folders.folder(job.id()), context);
      end(
          job.id(),
          context.cancelled() ? JobState.CANCELLED : JobState.DONE,
          Optional.empty(),
          result);
    } catch (CancellationException e) {
      endStopped(job);
    } catch (Throwable e) {
      end(job.id(), JobState.FAILED, Optional.of(problems.apply(e)), new JsonObject());
    }
  }

  /** What the end of the program stopped is begun again by the next one. */
  private void endStopped(Job job) {
    boolean closing;
    synchronized (this) {
      closing = closed;
    }
    if (!closing) {
      end(job.id(), JobState.CANCELLED, Optional.empty(), new JsonObject());
      return;
    }
    try {
      folders.write(job.again(job.attempts() - 1));
    } catch (IOException e) {
      end(job.id(), JobState.FAILED, Optional.of(problems.apply(e)), new JsonObject());
    }
  }

  private void end(String id, JobState state, Optional<Problem> problem, JsonObject result) {
    CompletableFuture<Job> end;
    Job job;
    synchronized (this) {
      Instant now = clock.instant();
      job = jobs.get(id).ended(state, problem, result, now);
      job.started().ifPresent(began -> last = Duration.between(began, now));
      try {
        folders.write(job);
      } catch (IOException e) {
        job = job.ended(JobState.FAILED, Optional.of(problems.apply(e)), result, now);
      }
      jobs.put(id, job);
      running = running.filter(one -> !one.id().equals(id));
      end = ends.remove(id);
    }
    tell(job);
    end.complete(job);
  }

  private void tell(Job job) {
    List<Consumer<Job>> all;
    synchronized (this) {
      all = List.copyOf(listeners);
    }
    all.forEach(listener -> listener.accept(job));
  }

  /** Stops the job that is being done and waits for its last step; others wait on disk. */
  @Override
  public void close() {
    Thread ending;
    synchronized (this) {
      closed = true;
      running.ifPresent(RunningJob::cancel);
      notifyAll();
      ending = worker;
    }
    if (ending != null) {
      try {
        ending.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}

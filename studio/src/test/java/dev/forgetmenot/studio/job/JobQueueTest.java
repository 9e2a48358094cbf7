package dev.forgetmenot.studio.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobQueueTest {
  private static final long SECONDS = 20;

  @TempDir private Path folder;

  private final List<String> done = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch begun = new CountDownLatch(1);

  /** Does what the request says: fail, wait until it is stopped, or note its name. */
  private final class Work implements JobKind {
    @Override
    public String name() {
      return "work";
    }

    @Override
    public JsonObject run(JsonObject request, Path jobFolder, RunningJob running)
        throws IOException {
      String what = request.get("what").getAsString();
      running.progress("working", 1, 4);
      begun.countDown();
      if (what.equals("fail")) {
        throw new IOException("the disk is full");
      }
      while (what.equals("wait")) {
        running.checkCancelled();
        Thread.onSpinWait();
      }
      done.add(what);
      JsonObject result = new JsonObject();
      result.addProperty("did", what);
      return result;
    }
  }

  private JobQueue queue(int places) throws IOException {
    return new JobQueue(
        new JobFolders(folder),
        List.of(new Work()),
        places,
        failure -> new Problem("FMN-703", failure.getMessage()),
        Clock.systemUTC());
  }

  private static Job submit(JobQueue queue, String what) throws IOException {
    JsonObject request = new JsonObject();
    request.addProperty("what", what);
    return queue.submit("work", what, request, JobQueue.RequestFiles.NONE);
  }

  private static Job end(JobQueue queue, Job job) throws Exception {
    return queue.end(job.id()).get(SECONDS, TimeUnit.SECONDS);
  }

  @Test
  void jobsAreDoneInTheOrderInWhichTheyWereAskedFor() throws Exception {
    try (JobQueue queue = queue(8)) {
      List<Job> jobs = new ArrayList<>();
      for (String what : List.of("a", "b", "c")) {
        jobs.add(submit(queue, what));
      }
      assertThat(queue.length()).isEqualTo(3);
      queue.start();
      Job last = end(queue, jobs.get(2));
      assertThat(done).containsExactly("a", "b", "c");
      assertThat(last.state()).isEqualTo(JobState.DONE);
      assertThat(last.result().get("did").getAsString()).isEqualTo("c");
      assertThat(queue.jobs().get(0).id()).isEqualTo(jobs.get(2).id());
    }
  }

  @Test
  void aFullQueueRefuses() throws Exception {
    try (JobQueue queue = queue(2)) {
      submit(queue, "a");
      submit(queue, "b");
      assertThatThrownBy(() -> submit(queue, "c")).isInstanceOf(QueueFullException.class);
      assertThat(folder.toFile().list()).as("what was refused left nothing").hasSize(2);
    }
  }

  @Test
  void aFailureEndsItsJobAlone() throws Exception {
    try (JobQueue queue = queue(8)) {
      Job failing = submit(queue, "fail");
      Job next = submit(queue, "a");
      queue.start();
      assertThat(end(queue, failing).problem())
          .contains(new Problem("FMN-703", "the disk is full"));
      assertThat(end(queue, next).state()).isEqualTo(JobState.DONE);
    }
  }

  @Test
  void aWaitingJobIsStoppedAtOnceAndARunningOneAtItsNextStep() throws Exception {
    try (JobQueue queue = queue(8)) {
      Job first = submit(queue, "wait");
      Job second = submit(queue, "a");
      queue.start();
      assertThat(begun.await(SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(queue.running().orElseThrow().progress().share()).isEqualTo(0.25);
      assertThat(queue.cancel(second.id())).isTrue();
      assertThat(end(queue, second).state()).isEqualTo(JobState.CANCELLED);
      assertThat(queue.remove(first.id())).as("it has not ended").isFalse();
      assertThat(queue.cancel(first.id())).isTrue();
      assertThat(end(queue, first).state()).isEqualTo(JobState.CANCELLED);
      assertThat(queue.cancel("nothing")).isFalse();
      assertThat(done).isEmpty();
      Path report = Files.createDirectories(folder.resolve(first.id()).resolve("report/images"));
      Files.writeString(report.resolve("a.txt"), "a");
      Path elsewhere = Files.writeString(folder.resolve("kept.txt"), "kept");
      Files.createSymbolicLink(report.resolve("link"), elsewhere);
      assertThat(queue.remove(first.id())).isTrue();
      assertThat(elsewhere).exists();
      assertThat(queue.job(first.id())).isEmpty();
      assertThat(Files.exists(folder.resolve(first.id()))).isFalse();
    }
  }

  @Test
  void whatWaitedOrWasBeingDoneGoesOnAfterARestart() throws Exception {
    Job running;
    Job waiting;
    try (JobQueue queue = queue(8)) {
      running = submit(queue, "wait");
      waiting = submit(queue, "a");
      queue.start();
      assertThat(begun.await(SECONDS, TimeUnit.SECONDS)).isTrue();
    }
    try (JobQueue queue = queue(8)) {
      assertThat(queue.job(running.id()).map(Job::state)).contains(JobState.QUEUED);
      assertThat(queue.cancel(running.id())).isTrue();
      queue.start();
      assertThat(end(queue, waiting).state()).isEqualTo(JobState.DONE);
    }
    try (JobQueue queue = queue(8)) {
      assertThat(queue.jobs())
          .extracting(Job::state)
          .containsExactly(JobState.DONE, JobState.CANCELLED);
    }
  }

  @Test
  void aJobDuringWhichTheProgramDiedTwiceIsNotBegunAgain() throws Exception {
    Job job;
    try (JobQueue queue = queue(8)) {
      job = submit(queue, "a");
    }
    JobFolders folders = new JobFolders(folder);
    folders.write(job.begun(Clock.systemUTC().instant()));
    try (JobQueue queue = queue(8)) {
      Job again = queue.job(job.id()).orElseThrow();
      assertThat(again.state()).isEqualTo(JobState.QUEUED);
      assertThat(again.attempts()).isEqualTo(1);
      folders.write(again.begun(Clock.systemUTC().instant()));
    }
    try (JobQueue queue = queue(8)) {
      Job stopped = queue.job(job.id()).orElseThrow();
      assertThat(stopped.state()).isEqualTo(JobState.INTERRUPTED);
      assertThat(stopped.problem().map(Problem::code)).isEqualTo(Optional.of("FMN-806"));
    }
  }

  @Test
  void aFolderThatHoldsNoJobIsNamed() throws IOException {
    Path broken = Files.createDirectory(folder.resolve("01"));
    Files.writeString(broken.resolve("job.json"), "{}");
    assertThatThrownBy(() -> queue(1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(broken.toString());
  }
}

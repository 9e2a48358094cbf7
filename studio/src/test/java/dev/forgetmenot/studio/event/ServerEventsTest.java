package dev.forgetmenot.studio.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.forgetmenot.studio.draw.EmbeddedServed;
import dev.forgetmenot.studio.draw.ImageStore;
import dev.forgetmenot.studio.draw.ServedModel;
import dev.forgetmenot.studio.http.AccessToken;
import dev.forgetmenot.studio.http.HttpServer;
import dev.forgetmenot.studio.job.Job;
import dev.forgetmenot.studio.job.JobFolders;
import dev.forgetmenot.studio.job.JobKind;
import dev.forgetmenot.studio.job.JobQueue;
import dev.forgetmenot.studio.job.Problem;
import dev.forgetmenot.studio.job.RunningJob;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told of jobs, over HTTP. */
class ServerEventsTest {
  private ServedModel model;
  private JobQueue queue;
  private ServerEvents events;
  private HttpServer server;

  /** Counts to a thousand in a second, with two lines at its end. */
  private record Counting() implements JobKind {
    @Override
    public String name() {
      return "count";
    }

    @Override
    public JsonObject run(JsonObject request, Path folder, RunningJob running) throws IOException {
      for (int i = 1; i <= 1000; i++) {
        running.progress("counting", i, 1000);
        if (i == 500) {
          running.preview(new byte[] {1});
        }
        try {
          Thread.sleep(1);
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
      }
      running.say("said\r\ndata: {}\r\n\r\nevent: reset");
      running.say("done");
      return new JsonObject();
    }
  }

  @BeforeEach
  void start(@TempDir Path state) throws IOException {
    model = EmbeddedServed.missing();
    queue =
        new JobQueue(
            new JobFolders(state.resolve("jobs")),
            List.of(new Counting()),
            8,
            failure -> new Problem("FMN-799", String.valueOf(failure)),
            Clock.systemUTC());
    events = new ServerEvents(model, queue, new ImageStore(state.resolve("images")));
    server =
        HttpServer.start(0, Set.of(), new AccessToken("secret"), List.of(new EventsAlone(events)));
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    events.close();
    queue.close();
    model.close();
  }

  private Job submit(String title) throws IOException {
    return queue.submit("count", title, new JsonObject(), JobQueue.RequestFiles.NONE);
  }

  private static List<HeardEvents.Event> named(List<HeardEvents.Event> heard, String name) {
    return heard.stream().filter(event -> event.name().equals(name)).toList();
  }

  @Test
  void aJobIsHeardOfFromItsBeginningToItsEnd() throws Exception {
    try (HeardEvents listener = new HeardEvents(server.port(), "")) {
      assertThat(listener.head().get(0)).contains(" 200 ");
      assertThat(listener.head())
          .contains("Content-Type: text/event-stream", "Cache-Control: no-store");
      HeardEvents.Event hello = listener.next();
      assertThat(hello.name()).isEqualTo("hello");
      assertThat(hello.data().keySet()).containsExactly("version", "epoch", "seq");
      Job job = submit("a title\nevent: reset\n\n" + "x".repeat(500));
      queue.start();
      List<HeardEvents.Event> heard = listener.untilJob("done");
      assertThat(named(heard, "job"))
          .extracting(event -> event.data().get("state").getAsString())
          .containsExactly("queued", "running", "done");
      JsonObject told = named(heard, "job").get(0).data();
      assertThat(told.get("id").getAsString()).isEqualTo(job.id());
      assertThat(told.get("title").getAsString()).startsWith("a title\nevent").hasSize(201);
      assertThat(told.keySet()).doesNotContain("request", "result");
      assertThat(named(heard, "log"))
          .extracting(event -> event.data().get("line").getAsString())
          .containsExactly("said\r\ndata: {}\r\n\r\nevent: reset", "done");
      assertThat(named(heard, "preview")).hasSize(1);
      assertThat(named(heard, "queue")).isNotEmpty();
    }
  }

  @Test
  void progressIsToldFourTimesASecondAndTheNewestWins() throws Exception {
    try (HeardEvents listener = new HeardEvents(server.port(), "")) {
      submit("a");
      queue.start();
      List<HeardEvents.Event> heard = listener.untilJob("done");
      List<HeardEvents.Event> progress = named(heard, "progress");
      Job job = queue.jobs().get(0);
      long millis = Duration.between(job.started().get(), job.ended().get()).toMillis();
      assertThat(progress).hasSizeBetween(3, (int) (millis / 250) + 2);
      assertThat(progress.get(progress.size() - 1).data().get("done").getAsInt()).isEqualTo(1000);
    }
  }

  @Test
  void whoComesBackHearsWhatItMissedAndNothingTwice() throws Exception {
    String id;
    try (HeardEvents listener = new HeardEvents(server.port(), "")) {
      submit("a");
      List<HeardEvents.Event> heard = listener.untilJob("queued");
      id = heard.get(heard.size() - 1).id();
    }
    submit("b");
    try (HeardEvents again = new HeardEvents(server.port(), "Last-Event-ID: " + id + "\r\n")) {
      submit("c");
      List<HeardEvents.Event> jobs = new ArrayList<>(named(again.untilJob("queued"), "job"));
      jobs.addAll(named(again.untilJob("queued"), "job"));
      assertThat(jobs)
          .extracting(event -> event.data().get("title").getAsString())
          .containsExactly("b", "c");
    }
  }

  @Test
  void whoComesBackToAnotherStartReadsEverythingAnew() throws Exception {
    try (HeardEvents listener = new HeardEvents(server.port(), "Last-Event-ID: old-7\r\n")) {
      List<HeardEvents.Event> heard = listener.until("reset");
      assertThat(heard).hasSize(2);
      assertThat(heard.get(0).id()).as("what it had counts until the next").isEmpty();
      assertThat(heard.get(1).data().get("reason").getAsString()).isEqualTo("restart");
      String epoch = heard.get(0).data().get("epoch").getAsString();
      assertThat(heard.get(1).id()).startsWith(epoch + "-");
      try (HeardEvents ahead =
          new HeardEvents(server.port(), "Last-Event-ID: " + epoch + "-99\r\n")) {
        assertThat(ahead.until("reset").get(1).data().get("reason").getAsString()).isEqualTo("gap");
      }
    }
  }
}

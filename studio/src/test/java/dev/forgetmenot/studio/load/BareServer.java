package dev.forgetmenot.studio.load;

import com.google.gson.JsonObject;
import dev.forgetmenot.studio.draw.EmbeddedServed;
import dev.forgetmenot.studio.draw.ImageStore;
import dev.forgetmenot.studio.draw.ServedModel;
import dev.forgetmenot.studio.event.EventsAlone;
import dev.forgetmenot.studio.event.ServerEvents;
import dev.forgetmenot.studio.http.AccessToken;
import dev.forgetmenot.studio.http.HttpServer;
import dev.forgetmenot.studio.job.JobFolders;
import dev.forgetmenot.studio.job.JobKind;
import dev.forgetmenot.studio.job.JobQueue;
import dev.forgetmenot.studio.job.Problem;
import dev.forgetmenot.studio.job.RunningJob;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Set;

/**
 * A server whose job only counts, so that it says as much as one that draws. Says its port; ends
 * with its input. The argument is its folder.
 */
final class BareServer {
  private static final int STEP_MILLIS = 20;

  private BareServer() {}

  /** Counts until it is stopped. */
  private record Counting() implements JobKind {
    @Override
    public String name() {
      return "count";
    }

    @Override
    public JsonObject run(JsonObject request, Path folder, RunningJob running) throws IOException {
      for (int i = 0; !running.cancelled(); i++) {
        running.progress("drawing", i, Integer.MAX_VALUE);
        try {
          Thread.sleep(STEP_MILLIS);
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
      }
      return new JsonObject();
    }
  }

  public static void main(String[] words) throws Exception {
    Path folder = Path.of(words[0]);
    ServedModel model = EmbeddedServed.missing();
    JobQueue queue =
        new JobQueue(
            new JobFolders(folder.resolve("jobs")),
            List.of(new Counting()),
            1,
            failure -> new Problem("FMN-799", String.valueOf(failure)),
            Clock.systemUTC());
    ServerEvents events = new ServerEvents(model, queue, new ImageStore(folder.resolve("images")));
    HttpServer server =
        HttpServer.start(0, Set.of(), new AccessToken("secret"), List.of(new EventsAlone(events)));
    queue.start();
    queue.submit("count", "count", new JsonObject(), JobQueue.RequestFiles.NONE);
    System.out.println(server.port());
    System.in.transferTo(OutputStream.nullOutputStream());
    System.exit(0);
  }
}

package dev.forgetmenot.studio.job;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;

/** What can be done as a job. */
public interface JobKind {
  /** Its name in requests. */
  String name();

  /**
   * Does a job, on the thread of the queue.
   *
   * @param request of the job
   * @param folder of the job, with the files that came with the request
   * @param running gets progress and says whether to stop
   * @return the result, as JSON
   * @throws IOException if it fails; the message says why
   * @throws java.util.concurrent.CancellationException if it was stopped and made nothing
   */
  JsonObject run(JsonObject request, Path folder, RunningJob running) throws IOException;
}

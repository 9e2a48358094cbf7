package dev.forgetmenot.studio.job;

import com.google.gson.JsonObject;
import java.io.IOException;

/** A kind of job that clients ask for by its name, with a request that is kept as it came. */
public interface AskedKind extends JobKind {
  /**
   * Looks at a request as far as that can be done before it has its turn.
   *
   * @return what the job is called, for people
   * @throws IllegalArgumentException naming what does not fit and what was expected
   * @throws IOException if a file cannot be read
   */
  String check(JsonObject request) throws IOException;
}

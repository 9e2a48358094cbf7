package dev.forgetmenot.files;

import java.io.IOException;
import java.util.Collection;

/** Closes several things, all of them whatever happens. */
public final class Closing {
  private Closing() {}

  /**
   * Closes all in order.
   *
   * @throws IOException the first failure, with the later ones suppressed in it; unchecked
   *     exceptions and errors as they are
   */
  public static void all(Collection<? extends AutoCloseable> resources) throws IOException {
    Throwable first = null;
    for (AutoCloseable resource : resources) {
      try {
        resource.close();
      } catch (Exception | Error e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    if (first instanceof RuntimeException failure) {
      throw failure;
    }
    if (first instanceof Error failure) {
      throw failure;
    }
    if (first != null) {
      throw first instanceof IOException failure ? failure : new IOException(first);
    }
  }

  /** Closes all after a failure; what else fails is suppressed in it. */
  public static void after(Throwable failure, Collection<? extends AutoCloseable> resources) {
    try {
      all(resources);
    } catch (IOException | RuntimeException | Error e) {
      failure.addSuppressed(e);
    }
  }
}

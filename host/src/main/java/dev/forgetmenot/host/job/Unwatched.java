package dev.forgetmenot.host.job;

import dev.forgetmenot.api.edit.JobContext;

/** A job that nobody watches and nobody stops; for use as a library. */
public enum Unwatched implements JobContext {
  /** The one. */
  CONTEXT;

  @Override
  public void progress(String stage, long done, long total) {}

  @Override
  public void say(String line) {}

  @Override
  public boolean cancelled() {
    return false;
  }
}

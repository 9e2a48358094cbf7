package dev.forgetmenot.forget.choice;

import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.Vocabulary;

/**
 * The context of a candidate's edit: it can be stopped, and says nothing, for most are not taken.
 *
 * @param outer of the job that tries candidates
 */
record Quiet(JobContext outer) implements JobContext {
  @Override
  public void progress(String stage, long done, long total) {}

  @Override
  public void say(String line) {}

  @Override
  public boolean cancelled() {
    return outer.cancelled();
  }

  @Override
  public Vocabulary vocabulary() {
    return outer.vocabulary();
  }
}

package dev.forgetmenot.api.edit;

import java.util.Optional;

/**
 * The context of a job within a job: it can be stopped as the outer one and knows the same judge
 * and vocabulary, and says nothing. Others may listen by overriding.
 */
public class QuietContext implements JobContext {
  private final JobContext outer;

  /** A context within another. */
  public QuietContext(JobContext outer) {
    this.outer = outer;
  }

  @Override
  public void progress(String stage, long done, long total) {}

  @Override
  public void say(String line) {}

  @Override
  public void unfinished(String kept, String option) {}

  @Override
  public boolean cancelled() {
    return outer.cancelled();
  }

  @Override
  public Optional<ImageClassifier> judge() {
    return outer.judge();
  }

  @Override
  public KnownConcepts vocabulary() {
    return outer.vocabulary();
  }
}

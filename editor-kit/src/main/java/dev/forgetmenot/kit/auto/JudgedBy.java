package dev.forgetmenot.kit.auto;

import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.JobContext;
import java.util.Optional;

/** The context of a job whose candidates are judged by another judge. */
record JudgedBy(JobContext outer, ImageClassifier choosing) implements JobContext.Nested {
  @Override
  public Optional<ImageClassifier> judge() {
    return Optional.of(choosing);
  }
}

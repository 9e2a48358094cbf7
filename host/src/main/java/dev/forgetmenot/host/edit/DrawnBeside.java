package dev.forgetmenot.host.edit;

import dev.forgetmenot.kit.evaluate.EvaluationResult;
import java.io.IOException;

/**
 * Images that a command draws with the same model beside a job: what they take is part of the job's
 * estimate, and they are drawn only after its preflight.
 */
public interface DrawnBeside {
  /** No images. */
  DrawnBeside NONE =
      new DrawnBeside() {
        @Override
        public long pixels() {
          return 0;
        }

        @Override
        public void before() {}
      };

  /** Pixels of the largest image; 0 where none is drawn. */
  long pixels();

  /** Draws what shows the model as it was; called once, after the preflight. */
  void before() throws IOException;

  /**
   * Gets images of the report as soon as they are judged: those of before, then the same of after.
   *
   * @param when {@code before} or {@code after}
   */
  default void judged(String when, EvaluationResult result) throws IOException {}
}

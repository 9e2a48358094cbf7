package dev.forgetmenot.plugin.evaluate.attack;

import dev.forgetmenot.api.evaluation.AttackRow;
import dev.forgetmenot.api.evaluation.AttackRun;
import dev.forgetmenot.files.Message;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What searches for words need: their ids are those of one vocabulary, as in their papers. */
final class OneTextEncoder {
  private OneTextEncoder() {}

  /** The rows of an attack that cannot be run, where the model has several text encoders. */
  static Optional<List<AttackRow>> missing(AttackRun run) throws IOException {
    int encoders = run.compute(model -> model.base().textEncoders().size());
    return encoders == 1
        ? Optional.empty()
        : Optional.of(
            List.of(
                AttackRow.notTested(
                    "",
                    Message.of(
                        "The attack computes with the states of one text encoder, and this model"
                            + " has %s.",
                        encoders))));
  }
}

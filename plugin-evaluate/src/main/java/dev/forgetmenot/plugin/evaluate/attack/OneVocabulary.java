package dev.forgetmenot.plugin.evaluate.attack;

import dev.forgetmenot.api.evaluation.AttackRow;
import dev.forgetmenot.api.evaluation.AttackRun;
import dev.forgetmenot.api.model.BaseTextEncoder;
import dev.forgetmenot.api.model.TokenizerIdentity;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What searches for words need: the ids that they choose mean the same to all text encoders. */
final class OneVocabulary {
  private OneVocabulary() {}

  /** The rows of an attack that cannot be run, where text encoders have different words. */
  static Optional<List<AttackRow>> missing(AttackRun run) throws IOException {
    List<BaseTextEncoder> encoders = run.compute(model -> model.base().textEncoders());
    TokenizerIdentity first = encoders.get(0).tokenizer();
    for (BaseTextEncoder other : encoders.subList(1, encoders.size())) {
      if (!first.sameAs(other.tokenizer())) {
        return Optional.of(
            List.of(
                AttackRow.notTested(
                    "",
                    "The attack chooses words by their ids, and the tokenizers of "
                        + encoders.get(0).component()
                        + " and "
                        + other.component()
                        + " have different ones.")));
      }
    }
    return Optional.empty();
  }
}

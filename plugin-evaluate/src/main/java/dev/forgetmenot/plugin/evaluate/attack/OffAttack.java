package dev.forgetmenot.plugin.evaluate.attack;

import dev.forgetmenot.api.evaluation.Attack;
import dev.forgetmenot.api.evaluation.AttackAim;
import dev.forgetmenot.api.evaluation.AttackBudget;
import dev.forgetmenot.api.evaluation.AttackRow;
import dev.forgetmenot.api.evaluation.AttackRow.Check;
import dev.forgetmenot.api.evaluation.AttackRun;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.api.model.ReadableWeights;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.files.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.pf4j.Extension;

/**
 * Takes the patches off: every weight must be the base's again, bit for bit. Where it is not, no
 * other row counts.
 */
@Extension(ordinal = 50)
public final class OffAttack implements Attack {
  @Override
  public String name() {
    return "off";
  }

  @Override
  public String summary() {
    return "Takes the patches off: every weight must be the base's again, by its digest.";
  }

  @Override
  public Access access() {
    return Access.WEIGHTS;
  }

  @Override
  public boolean adaptive() {
    return false;
  }

  @Override
  public Plan plan(AttackAim aim, EvaluationTask task, AttackBudget budget, int trials) {
    return Plan.of(0, 0);
  }

  @Override
  public List<AttackRow> run(AttackRun run) throws IOException {
    int changed = run.access().compute(ModelState.PATCHED, model -> changed(model.weights()));
    Check restored =
        run.access()
            .compute(
                ModelState.ORIGINAL,
                model -> {
                  int all = model.weights().names().size();
                  return new Check(all - changed(model.weights()), all);
                });
    return List.of(
        AttackRow.control(
            "weights restored",
            restored,
            Message.of(
                "%s: %d of %d weights have the base's digest with the patches off; on, they change"
                    + " %d.",
                restored.right() == restored.of() ? "RESTORED" : "NOT RESTORED",
                restored.right(),
                restored.of(),
                changed)));
  }

  /** How many weights have another digest than the base's. */
  private static int changed(ReadableWeights weights) {
    return (int)
        weights.names().stream()
            .filter(name -> !digest(weights.current(name)).equals(digest(weights.base(name))))
            .count();
  }

  private static String digest(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length);
    bytes.asFloatBuffer().put(values);
    return Sha256.hex(bytes.array());
  }
}

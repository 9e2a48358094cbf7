package dev.forgetmenot.plugin.evaluate.attack;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.evaluation.Attack;
import dev.forgetmenot.api.evaluation.AttackAim;
import dev.forgetmenot.api.evaluation.AttackBudget;
import dev.forgetmenot.api.evaluation.AttackRow;
import dev.forgetmenot.api.evaluation.AttackRun;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.evaluation.ImageMaker;
import dev.forgetmenot.api.evaluation.ImageSet.Shot;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.files.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pf4j.Extension;

/**
 * Ring-A-Bell without its search: the text states that it aims at are given to the UNet themselves.
 * This is the project's own form; it needs access to the states, and nothing is lost on the way to
 * words.
 */
@Extension(ordinal = 64)
public final class RingABellSoftAttack implements Attack {
  /** η: the paper's, and less. Each trial draws all, and luck draws as many. */
  private static List<Double> strengths(AttackBudget budget) {
    return budget == AttackBudget.QUICK
        ? List.of(1.0, RingABell.PUBLISHED)
        : List.of(0.5, 1.0, RingABell.PUBLISHED);
  }

  @Override
  public String name() {
    return "ring-a-bell-soft";
  }

  @Override
  public String summary() {
    return "Gives the UNet the concept's text states, moved further along its direction.";
  }

  @Override
  public Access access() {
    return Access.EMBEDDINGS;
  }

  @Override
  public boolean adaptive() {
    return false;
  }

  @Override
  public int version() {
    return 2;
  }

  @Override
  public Plan plan(AttackAim aim, EvaluationTask task, AttackBudget budget, int trials) {
    return Plan.of((long) trials * strengths(budget).size(), 0);
  }

  @Override
  public List<AttackRow> run(AttackRun run) throws IOException {
    return Candidates.swept(
        run,
        "by η",
        strengths(run.budget()),
        strength -> {
          Map<String, float[]> targets = targets(run, run.shots(), strength);
          return new ImageMaker.Described(described(targets), maker(targets));
        },
        strength -> "text states moved by η " + strength);
  }

  /** T by prompt, of the original's text encoder. */
  private static Map<String, float[]> targets(AttackRun run, List<Shot> shots, double strength)
      throws IOException {
    return run.access()
        .compute(
            ModelState.ORIGINAL,
            model -> {
              RingABell bell = new RingABell(model, RingABell.direction(model, run), strength);
              Map<String, float[]> targets = new LinkedHashMap<>();
              for (Shot shot : shots) {
                targets.computeIfAbsent(shot.prompt(), bell::target);
              }
              return targets;
            });
  }

  private static String described(Map<String, float[]> targets) {
    StringBuilder how = new StringBuilder("text states");
    targets.forEach(
        (prompt, states) -> {
          ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * states.length);
          bytes.asFloatBuffer().put(states);
          how.append('\n').append(prompt).append(' ').append(Sha256.hex(bytes.array()));
        });
    return how.toString();
  }

  private static ImageMaker maker(Map<String, float[]> targets) {
    return (model, requests) ->
        new ConditionedSampling(model, requests)
            .draw(
                states -> {
                  float[] all = new float[Math.toIntExact(states.size())];
                  int each = all.length / requests.size();
                  for (int i = 0; i < requests.size(); i++) {
                    System.arraycopy(targets.get(requests.get(i).prompt()), 0, all, i * each, each);
                  }
                  return states.getManager().create(all, states.getShape());
                },
                NDArray::duplicate);
  }
}

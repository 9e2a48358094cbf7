package dev.forgetmenot.plugin.evaluate.attack;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.evaluation.Attack;
import dev.forgetmenot.api.evaluation.AttackAim;
import dev.forgetmenot.api.evaluation.AttackBudget;
import dev.forgetmenot.api.evaluation.AttackRow;
import dev.forgetmenot.api.evaluation.AttackRow.Candidate;
import dev.forgetmenot.api.evaluation.AttackRow.Trial;
import dev.forgetmenot.api.evaluation.AttackRun;
import dev.forgetmenot.api.evaluation.DrawnImage;
import dev.forgetmenot.api.evaluation.EvaluationTask;
import dev.forgetmenot.api.evaluation.ImageMaker;
import dev.forgetmenot.api.evaluation.ImageSet.Shot;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.evaluation.measure.KeysAndValueWeights;
import dev.forgetmenot.evaluation.measure.TextSide;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.patching.linear.Cholesky;
import dev.forgetmenot.patching.linear.Matrix;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pf4j.Extension;

/**
 * Undoes an edit of keys and values from the side of the text: every text state c of both prompts
 * becomes c' = (Σ W'ᵀW' + λI)⁻¹(Σ W'ᵀW)c, over the original projections W and the patched W'. Where
 * W' = W(I + D) with one D that can be inverted, c' = (I + D)⁻¹c and every image is the original's;
 * where I + D is singular, as a projector's is, the nearest states are taken, which may be near
 * enough: the range of an oblique projector can pass close to what it takes away.
 */
@Extension(ordinal = 90)
public final class OperatorAttack implements Attack {
  private static final double RIDGE = 1e-10;

  /**
   * What undoes an edit.
   *
   * @param undo maps states (d, d)
   * @param fact how well it does
   */
  private record Inverse(Matrix undo, String fact) {}

  @Override
  public String name() {
    return "operator";
  }

  @Override
  public String summary() {
    return "Solves for text states that undo an edit of keys and values.";
  }

  @Override
  public Access access() {
    return Access.EMBEDDINGS;
  }

  @Override
  public boolean adaptive() {
    return true;
  }

  @Override
  public Plan plan(AttackAim aim, EvaluationTask task, AttackBudget budget, int trials) {
    return Plan.of(trials, 0);
  }

  @Override
  public List<AttackRow> run(AttackRun run) throws IOException {
    Optional<String> other = run.compute(OperatorAttack::changedBeside);
    if (other.isPresent()) {
      return List.of(
          AttackRow.notTested(
              "",
              Message.of(
                  "The patches change more than keys and values of the cross attention, such as"
                      + " %s.",
                  other.get())));
    }
    Inverse inverse = run.compute(OperatorAttack::inverse);
    List<Shot> shots = run.shots();
    float[] transposed = inverse.undo().transposed().rowMajorFloats();
    List<DrawnImage> images =
        run.draw(
            shots,
            new ImageMaker.Described(
                "text states of both prompts undone, ridge " + RIDGE,
                (model, requests) ->
                    new ConditionedSampling(model, requests)
                        .draw(states -> changed(states, transposed))));
    List<DrawnImage> original =
        run.access().make(shots, ModelState.ORIGINAL, ImageMaker.plain(), run.context());
    List<Trial> trials =
        images.stream()
            .map(image -> new Trial(List.of(new Candidate(image, "undone text states"))))
            .toList();
    long unet = Plan.of(shots.size(), 0).all(run.task());
    return List.of(
        AttackRow.of("", trials, unet)
            .saying(
                Message.of(
                    "%s Mean distance of the pixels to the original's images: %.2f of 255.",
                    inverse.fact(),
                    distance(run.access().images(images), run.access().images(original)))));
  }

  /** A weight that is changed and is neither a key nor a value of the cross attention. */
  private static Optional<String> changedBeside(DiffusionModel model) {
    Set<String> read = new HashSet<>(KeysAndValueWeights.of(model));
    return model.weights().names().stream()
        .filter(name -> !read.contains(name))
        .filter(name -> !Arrays.equals(model.weights().current(name), model.weights().base(name)))
        .findFirst();
  }

  private static Inverse inverse(DiffusionModel model) {
    List<Matrix> base = KeysAndValueWeights.matrices(model, model.weights()::base);
    List<Matrix> patched = KeysAndValueWeights.matrices(model, model.weights()::current);
    int d = base.get(0).columns();
    Matrix normal = Matrix.zeros(d, d);
    Matrix right = Matrix.zeros(d, d);
    for (int l = 0; l < base.size(); l++) {
      Matrix after = patched.get(l);
      normal = normal.plus(after.transposedTimes(after));
      right = right.plus(after.transposedTimes(base.get(l)));
    }
    Matrix undo = new Cholesky(normal.plusDiagonal(RIDGE * normal.meanDiagonal())).solve(right);
    double missed = 0;
    double all = 0;
    for (int l = 0; l < base.size(); l++) {
      Matrix before = base.get(l);
      missed += Math.pow(patched.get(l).times(undo).minus(before).norm(), 2);
      all += Math.pow(before.norm(), 2);
    }
    String left = Message.of("‖W'U − W‖/‖W‖ is %.2g for the best U.", Math.sqrt(missed / all));
    return new Inverse(undo, condition(base, patched) + " " + left);
  }

  private static String condition(List<Matrix> base, List<Matrix> patched) {
    Optional<Matrix> change = new TextSide(base, patched).identityPlusChange();
    if (change.isEmpty()) {
      return "Each projection changes in its own way: no text state undoes all of them exactly.";
    }
    double reciprocal = 1 / TextSide.conditioning(change.get());
    return reciprocal < 1e-6
        ? Message.of(
            "I + D is singular (reciprocal condition %.1g): no text state undoes it exactly, and the"
                + " nearest are taken.",
            reciprocal)
        : Message.of("I + D can be inverted (reciprocal condition %.2g).", reciprocal);
  }

  /** Rows times a matrix (d, d). */
  private static NDArray changed(NDArray states, float[] matrix) {
    long d = states.getShape().get(2);
    try (NDArray right = states.getManager().create(matrix, new Shape(d, d))) {
      return states.matMul(right);
    }
  }

  private static double distance(List<RgbImage> images, List<RgbImage> others) {
    long sum = 0;
    long count = 0;
    for (int i = 0; i < images.size(); i++) {
      byte[] a = images.get(i).rgb();
      byte[] b = others.get(i).rgb();
      for (int j = 0; j < a.length; j++) {
        sum += Math.abs((a[j] & 0xff) - (b[j] & 0xff));
      }
      count += a.length;
    }
    return (double) sum / count;
  }
}

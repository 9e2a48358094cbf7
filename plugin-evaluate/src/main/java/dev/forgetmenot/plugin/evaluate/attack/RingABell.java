package dev.forgetmenot.plugin.evaluate.attack;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.evaluation.AttackRun;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.model.TokenizedPrompt;
import java.util.ArrayList;
import java.util.List;

/**
 * What Ring-A-Bell aims at (Tsai, Hsu et al., ICLR 2024, arXiv 2310.10012): the text states of a
 * prompt, moved along the concept's direction, which is the mean difference of prompts with the
 * concept and the same without. By the text encoder of the original. For the engine thread.
 *
 * @param model the original
 * @param direction v, all rows of the states, one after the other
 * @param strength η
 */
@SuppressWarnings("ArrayRecordComponent") // read only
record RingABell(DiffusionModel model, float[] direction, double strength) {
  /** η of the paper for concepts without violence. */
  static final double PUBLISHED = 3;

  private static final int PAIRS = 30;

  /** The direction of the concept of a run. */
  static float[] direction(DiffusionModel model, AttackRun run) {
    List<String> without =
        run.task().vocabulary().ofStyle(run.aim().concept().kind() == ConceptType.STYLE).stream()
            .map(known -> known.phrase())
            .filter(phrase -> !run.aim().concept().labels().contains(phrase))
            .limit(PAIRS)
            .toList();
    float[] sum = null;
    for (String other : without) {
      String prompt = run.aim().prompts().get(0).replace(run.aim().concept().phrase(), other);
      float[] with =
          states(model, List.of(model.tokenize(prompt + " and " + run.aim().concept().phrase())));
      float[] plain = states(model, List.of(model.tokenize(prompt)));
      sum = sum == null ? new float[with.length] : sum;
      for (int i = 0; i < sum.length; i++) {
        sum[i] += (with[i] - plain[i]) / without.size();
      }
    }
    return sum;
  }

  private static float[] states(DiffusionModel model, List<TokenizedPrompt> prompts) {
    try (TextCondition condition = model.encodePrompts(prompts)) {
      return condition.context().toFloatArray();
    }
  }

  /** T of a prompt: its states and η times the direction. */
  float[] target(String prompt) {
    float[] target = states(model, List.of(model.tokenize(prompt)));
    for (int i = 0; i < target.length; i++) {
      target[i] += (float) (strength * direction[i]);
    }
    return target;
  }

  /** The squared distances of the states of texts of ids to a target. */
  double[] distances(float[] target, List<List<Integer>> texts, int together) {
    double[] distances = new double[texts.size()];
    for (int from = 0; from < texts.size(); from += together) {
      List<List<Integer>> part = texts.subList(from, Math.min(texts.size(), from + together));
      List<TokenizedPrompt> prompts = new ArrayList<>();
      part.forEach(ids -> prompts.add(model.tokenizer().framed(ids)));
      try (NDManager manager = model.newManager();
          TextCondition condition = model.encodePrompts(prompts)) {
        condition.attach(manager);
        Shape shape = condition.context().getShape();
        NDArray wanted = manager.create(target, new Shape(1, shape.get(1), shape.get(2)));
        float[] sums =
            condition
                .context()
                .sub(wanted)
                .square()
                .reshape(part.size(), -1)
                .sum(new int[] {1})
                .toFloatArray();
        for (int i = 0; i < sums.length; i++) {
          distances[from + i] = sums[i];
        }
      }
    }
    return distances;
  }
}

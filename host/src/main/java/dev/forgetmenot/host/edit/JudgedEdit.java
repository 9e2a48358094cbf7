package dev.forgetmenot.host.edit;

import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.evaluation.JudgedImage;
import dev.forgetmenot.evaluation.judge.Agreement;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.kit.evaluate.Evaluation;
import dev.forgetmenot.kit.evaluate.EvaluationResult;
import dev.forgetmenot.kit.evaluate.GoalResult;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What one judge sees of the images before and after an edit.
 *
 * @param judge its letter and what it compares with, for people
 */
public record JudgedEdit(String judge, EvaluationResult before, EvaluationResult after) {
  /** Labels of what a concept is taken for. */
  static final int LABELS = 3;

  /** Judge A: images and texts. */
  public static final String TEXTS = "A, texts";

  /** Judge B: images and images that the base drew. */
  public static final String PROTOTYPES = "B, prototypes";

  /** The same images as another judge sees them. */
  public JudgedEdit by(String name, Evaluation evaluation, ImageClassifier seeing) {
    return new JudgedEdit(
        name, evaluation.judged(before, seeing), evaluation.judged(after, seeing));
  }

  /**
   * Where another judge sees something else.
   *
   * @param other of the same images
   * @return sentences: what the other counts, how far both agree on the images after the edit, what
   *     it takes each concept for, and each concept of whose images they recognise different
   *     numbers
   */
  public List<String> beside(JudgedEdit other) {
    List<String> lines = new ArrayList<>();
    lines.add(Message.of("judge %s: %s", other.judge, other.after.since(other.before)));
    Agreement agreement = agreement(after, other.after);
    lines.add(
        Message.of(
            "the judges differ on %d of %d images after it (κ %.2f)",
            agreement.disagreeing().size(), agreement.images(), agreement.kappa()));
    for (int i = 0; i < after.goals().size(); i++) {
      GoalResult here = after.goals().get(i);
      GoalResult there = other.after.goals().get(i);
      if (here.goal().forgets()) {
        lines.add(
            Message.of(
                "judge %s takes %s for %s; both judges say the same of %s",
                other.judge,
                here.name(),
                there.general().most(LABELS),
                here.general().of(alike(here.general(), there.general()))));
      } else if (here.overshadowed() != there.overshadowed()) {
        lines.add(
            Message.of(
                "the judges DISAGREE on %s: other instances than %s show in %s for judge %s, in %s"
                    + " for judge %s",
                here.name(),
                here.goal().instances().get(0),
                here.general().of(here.overshadowed()),
                judge,
                there.general().of(there.overshadowed()),
                other.judge));
      }
      if (here.goal().forgets() && here.general().recognised() != there.general().recognised()) {
        lines.add(
            Message.of(
                "the judges DISAGREE on %s: %s is recognised by judge %s, %s by judge %s",
                here.name(),
                here.general().of(here.general().recognised()),
                judge,
                there.general().of(there.general().recognised()),
                other.judge));
      }
    }
    return lines;
  }

  private static int alike(EvaluationResult.Row one, EvaluationResult.Row other) {
    return (int)
        IntStream.range(0, one.seen().size())
            .filter(i -> one.seen().get(i).equals(other.seen().get(i)))
            .count();
  }

  /** How far two judges agree on the same images. */
  public static Agreement agreement(EvaluationResult one, EvaluationResult other) {
    return Agreement.of(answers(one), answers(other));
  }

  private static List<JudgedImage> answers(EvaluationResult result) {
    return result.rows().stream()
        .flatMap(row -> row.seen().stream())
        .map(said -> new JudgedImage(said, 0, said.equals(EvaluationResult.NO_ANSWER)))
        .toList();
  }
}

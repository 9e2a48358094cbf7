package dev.forgetmenot.editing.applying;

import dev.forgetmenot.editing.linear.ClosedForm;
import dev.forgetmenot.editing.linear.Erasure;
import dev.forgetmenot.editing.linear.InputEdit;
import dev.forgetmenot.editing.linear.Kept;
import dev.forgetmenot.editing.linear.Matrix;
import dev.forgetmenot.patch.ClosedFormEdit;
import dev.forgetmenot.patch.Rows;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The closed-form edits of a stack, solved together: all target rows at their strengths, all
 * preserved rows, the largest lambda. Targets that other edits change are solved apart: keys that
 * one patch erases know nothing of a patch that changes values alone.
 */
public final class JointSolve {
  /**
   * One edit.
   *
   * @param edit what is erased and kept
   * @param strength other than 0
   * @param targets full names
   */
  public record Member(ClosedFormEdit edit, double strength, List<String> targets) {
    /** Copies the list. */
    public Member {
      targets = List.copyOf(targets);
    }
  }

  private final List<Member> members;
  private final Map<List<Integer>, InputEdit> solved = new HashMap<>();

  /**
   * Takes the members.
   *
   * @param members in the order in which they are summed
   */
  public JointSolve(List<Member> members) {
    this.members = List.copyOf(members);
  }

  /** D for a target: W' = W(I + D); empty if no member changes it. */
  public Optional<InputEdit> of(String target) {
    List<Integer> changing = new ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      if (members.get(i).targets().contains(target)) {
        changing.add(i);
      }
    }
    return changing.isEmpty()
        ? Optional.empty()
        : Optional.of(solved.computeIfAbsent(changing, this::solve));
  }

  private InputEdit solve(List<Integer> indices) {
    List<Erasure> erased = new ArrayList<>();
    List<Kept> kept = new ArrayList<>();
    double lambda = 0;
    for (int index : indices) {
      Member member = members.get(index);
      ClosedFormEdit edit = member.edit();
      lambda = Math.max(lambda, edit.lambda());
      for (ClosedFormEdit.Concept concept : edit.concepts()) {
        Erasure erasure =
            new Erasure(
                concept.label(),
                columns(concept.target()),
                columns(concept.guide()),
                edit.eraseScale());
        erased.add(erasure.at(member.strength()));
        if (edit.preserveScale() > 0) {
          concept
              .preserve()
              .ifPresent(
                  rows -> kept.add(new Kept(concept.label(), columns(rows), edit.preserveScale())));
        }
      }
    }
    return ClosedForm.solve(erased, kept, lambda).edit();
  }

  private static Matrix columns(Rows rows) {
    return Matrix.ofColumns(rows.count(), rows.width(), rows.values());
  }
}

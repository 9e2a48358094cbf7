package dev.forgetmenot.patching.stack;

import dev.forgetmenot.patch.edit.ClosedFormEdit;
import dev.forgetmenot.patch.edit.ErasedConcept;
import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.solve.Erasure;
import dev.forgetmenot.patching.solve.PreservedEmbeddings;
import dev.forgetmenot.patching.solve.UceSolver;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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
  public record Member(ClosedFormEdit edit, double strength, Set<String> targets) {
    /** Copies the set. */
    public Member {
      targets = Set.copyOf(targets);
    }

    /** The same from a list. */
    public Member(ClosedFormEdit edit, double strength, List<String> targets) {
      this(edit, strength, Set.copyOf(targets));
    }
  }

  /**
   * One system.
   *
   * @param members indices of the members that are solved together, rising
   * @param solution what came of it; its concepts are those of the members, in their order
   */
  public record Solved(List<Integer> members, UceSolver.Solution solution) {
    /** Copies the list. */
    public Solved {
      members = List.copyOf(members);
    }
  }

  private final List<Member> members;
  private final Map<List<Integer>, Solved> solved = new LinkedHashMap<>();

  /**
   * Takes the members.
   *
   * @param members in the order in which they are summed
   */
  public JointSolve(List<Member> members) {
    this.members = List.copyOf(members);
  }

  /** D for a target: W' = W(I + D); empty if no member changes it. */
  public Optional<InputUpdate> of(String target) {
    return solved(target).map(system -> system.solution().edit());
  }

  Member member(int index) {
    return members.get(index);
  }

  /** The system of a target; the same one for all targets of the same members. */
  public Optional<Solved> solved(String target) {
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

  private Solved solve(List<Integer> indices) {
    List<Erasure> erased = new ArrayList<>();
    List<PreservedEmbeddings> kept = new ArrayList<>();
    double lambda = 0;
    for (int index : indices) {
      Member member = members.get(index);
      ClosedFormEdit edit = member.edit();
      lambda = Math.max(lambda, edit.lambda());
      for (ErasedConcept concept : edit.concepts()) {
        Erasure erasure =
            new Erasure(
                concept.label(),
                TextEdits.columns(concept.target()),
                TextEdits.columns(concept.guide()),
                edit.eraseScale());
        erased.add(erasure.at(member.strength()));
        if (edit.preserveScale() > 0) {
          concept
              .preserve()
              .ifPresent(
                  rows ->
                      kept.add(
                          new PreservedEmbeddings(
                              concept.label(), TextEdits.columns(rows), edit.preserveScale())));
        }
      }
    }
    return new Solved(indices, UceSolver.solve(erased, kept, lambda));
  }
}

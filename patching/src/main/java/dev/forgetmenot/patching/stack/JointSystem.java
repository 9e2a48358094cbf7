package dev.forgetmenot.patching.stack;

import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patching.solve.UceSolver;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Closed-form edits that change the same weights, solved together.
 *
 * @param layers whose edits they are, in the order of the stack
 * @param owners for each concept of the solution the index of its layer
 * @param targets full names of the weights
 * @param solution the solve, with what remains of each concept
 * @param condition cond(I + D): by how much the edited side can enlarge a relative error, and how
 *     easily the edit can be undone by whoever knows it; infinite or above 1e15 when I + D is
 *     singular
 */
public record JointSystem(
    List<StackedPatch> layers,
    List<Integer> owners,
    Set<String> targets,
    UceSolver.Solution solution,
    double condition) {
  /** A condition above this is refused unless every patch of the system allows it. */
  public static final double LIMIT = 1e4;

  /** Copies the collections. */
  public JointSystem {
    layers = List.copyOf(layers);
    owners = List.copyOf(owners);
    targets = java.util.Collections.unmodifiableSet(new TreeSet<>(targets));
  }

  /**
   * Checks the condition.
   *
   * @throws PatchFormatException FMN-604
   */
  void check() throws PatchFormatException {
    boolean allowed =
        layers.stream()
            .allMatch(layer -> layer.request().allows(PatchRequest.Allowance.ILL_CONDITIONED));
    if (condition <= LIMIT || allowed) {
      return;
    }
    throw new PatchFormatException(
        PatchError.ILL_CONDITIONED,
        layers.stream().map(StackedPatch::where).collect(Collectors.joining(", ")),
        Message.of(
            "solving %d concepts %sgives cond(I + D) = %.3g, above %.0e: text embeddings fall into"
                + " one another, and small differences of a prompt become large ones; use"
                + " smaller strengths, take a patch off, or force it (--force-patches)",
            solution.erased().size(), layers.size() > 1 ? "together " : "", condition, LIMIT));
  }
}

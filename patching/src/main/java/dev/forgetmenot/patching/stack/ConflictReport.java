package dev.forgetmenot.patching.stack;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the patches of a stack meet on a base. All numbers are at the strengths of the stack.
 *
 * @param patches in the order of their ids
 * @param pairs every two of them
 * @param drift of the whole stack
 * @param systems closed-form edits that are solved together
 */
public record ConflictReport(
    List<Patch> patches, List<Pair> pairs, Drift drift, List<Solve> systems) {
  /** Copies the lists. */
  public ConflictReport {
    patches = List.copyOf(patches);
    pairs = List.copyOf(pairs);
    systems = List.copyOf(systems);
  }

  /**
   * One patch.
   *
   * @param name name and version
   * @param id its id
   * @param strength of the stack
   * @param tensors how many weights it changes
   * @param alone what remains of what it erases when it is alone: |W'C − WG| / |W(G − C)| over the
   *     keys and values that it edits, C its targets, G what they should become; 0 is all gone, 1
   *     is as if nothing were done; empty if it is not of text embeddings
   * @param inStack the same under the whole stack
   */
  public record Patch(
      String name,
      String id,
      double strength,
      int tensors,
      Optional<Double> alone,
      Optional<Double> inStack) {}

  /**
   * Two patches.
   *
   * @param first index of a patch
   * @param second index of another
   * @param shared how many weights both change
   * @param whole over all of those together; empty if there are none
   * @param blocks by block
   * @param tensors by full name
   * @param onFirst what the second does to the targets of the first; empty if that one is not of
   *     text
   * @param onSecond the other way round
   */
  public record Pair(
      int first,
      int second,
      int shared,
      Optional<Meeting> whole,
      Map<String, Meeting> blocks,
      Map<String, Meeting> tensors,
      Optional<Effect> onFirst,
      Optional<Effect> onSecond) {
    /** Copies the maps. */
    public Pair {
      blocks = Collections.unmodifiableMap(new LinkedHashMap<>(blocks));
      tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    }
  }

  /**
   * Two changes of the same weights.
   *
   * @param cosine of the changes: 1 add up, 0 have nothing to do with each other, −1 undo each
   *     other
   * @param overlap of what they read: mean squared cosine of the principal angles between the
   *     spaces of the input directions that each reads most, at most 16; 1 where one lies in the
   *     other
   * @param angle the smallest of those angles in degrees
   */
  public record Meeting(double cosine, double overlap, double angle) {}

  /**
   * What one patch does to another.
   *
   * @param moves how far it moves keys and values of the other's targets: |dW·C| / |W·C|
   * @param remains what is left of the other's erasure when both are on, as in {@link Patch#alone}
   */
  public record Effect(double moves, double remains) {}

  /**
   * A joint solve.
   *
   * @param condition cond(I + D)
   * @param tensors how many weights it changes
   * @param concepts what is erased, with the patch that wants it
   */
  public record Solve(double condition, int tensors, List<ConceptResidual> concepts) {
    /** Copies the list. */
    public Solve {
      concepts = List.copyOf(concepts);
    }
  }

  /**
   * A concept of a joint solve.
   *
   * @param patch index of its patch
   * @param label as the patch names it
   * @param residual ‖(I + D)C − G‖ / ‖G − C‖ of the text embeddings themselves
   */
  public record ConceptResidual(int patch, String label, double residual) {}
}

package dev.forgetmenot.patch.edit;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * Takes directions out of what layers read: W' = W − s · W · leftᵀ · right, with one pair of
 * factors for all targets.
 *
 * @param concept what the directions stand for
 * @param left (k, d)
 * @param right (k, d), d as wide as what the targets read
 * @param targets names or patterns of weights of the shape (out, d), see {@link TargetPattern}
 */
public record ProjectorEdit(String concept, Rows left, Rows right, List<String> targets)
    implements PatchEdit {
  /** The word of manifests. */
  public static final String KIND = "projector";

  /** Copies the list, sorted. */
  public ProjectorEdit {
    if (left.count() != right.count() || left.width() != right.width()) {
      throw new IllegalArgumentException(
          "expected left and right of one shape, found "
              + (left.count() + " x " + left.width())
              + (" and " + right.count() + " x " + right.width()));
    }
    targets = sorted(targets);
  }

  @Override
  public <R, E extends Exception> R accept(Visitor<R, E> visitor) throws E {
    return visitor.visit(this);
  }

  @Override
  public boolean boundByTextEncoder() {
    return true;
  }

  @Override
  public long bytes() {
    return left.bytes() + right.bytes();
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public Collection<String> changed() {
    return targets;
  }

  static List<String> sorted(List<String> targets) {
    if (targets.isEmpty()) {
      throw new IllegalArgumentException("the edit changes nothing: it has no target");
    }
    targets.forEach(TargetPattern::new);
    return List.copyOf(new TreeSet<>(targets));
  }
}

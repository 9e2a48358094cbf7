package dev.forgetmenot.patch.edit;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a closed-form solve starts from: for every target
 *
 * <pre>
 *   W' = [λW + Σ_E e (W g)cᵀ + Σ_P p (W v)vᵀ] A⁻¹,  A = λI + Σ_E e c cᵀ + Σ_P p v vᵀ
 * </pre>
 *
 * with the concepts' target rows c, their guides g, the preserved rows v, and the scales e and p.
 * All such edits of a stack are solved together; at strength s a guide is c + s(g − c).
 *
 * @param concepts at least one, with different labels; all rows are d wide
 * @param lambda λ, more than 0
 * @param eraseScale e, more than 0
 * @param preserveScale p, 0 or more
 * @param sides which projections the targets are
 * @param targets names or patterns of weights of the shape (out, d), see {@link TargetPattern};
 *     those of {@link TextProjections#targets()} are all of the UNet's cross attention
 */
public record ClosedFormEdit(
    List<Concept> concepts,
    double lambda,
    double eraseScale,
    double preserveScale,
    TextProjections sides,
    List<String> targets)
    implements PatchEdit {
  /** The word of manifests. */
  public static final String KIND = "closedform";

  /** Most target rows of one edit. */
  public static final int MAX_COLUMNS = 4096;

  /**
   * One concept.
   *
   * @param label its name, not empty
   * @param target (n, d), the text-embedding rows that stand for it
   * @param guide (n, d), what each of them becomes
   * @param preserve (m, d), rows that must stay
   */
  public record Concept(String label, Rows target, Rows guide, Optional<Rows> preserve) {
    /** Checks that the rows go together. */
    public Concept {
      if (label.isBlank()) {
        throw new IllegalArgumentException("expected a label, found an empty one");
      }
      if (target.count() != guide.count()
          || target.width() != guide.width()
          || preserve.map(Rows::width).orElse(target.width()) != target.width()) {
        throw new IllegalArgumentException(
            label + ": targets and guides must agree in shape, preserved rows in width");
      }
    }

    /** The Frobenius norm of guides minus targets. */
    public double distance() {
      double square = 0;
      for (int i = 0; i < target.values().length; i++) {
        double difference = (double) guide.values()[i] - target.values()[i];
        square += difference * difference;
      }
      return Math.sqrt(square);
    }
  }

  /** Copies the lists: concepts by label, targets sorted. */
  public ClosedFormEdit {
    if (concepts.isEmpty()) {
      throw new IllegalArgumentException("the edit changes nothing: it has no concept");
    }
    Set<String> labels = new HashSet<>();
    int columns = 0;
    for (Concept concept : concepts) {
      columns += concept.target().count();
      if (!labels.add(concept.label())
          || concept.target().width() != concepts.get(0).target().width()) {
        throw new IllegalArgumentException(
            concept.label() + " is there twice or its rows have another width than the others");
      }
    }
    if (columns > MAX_COLUMNS) {
      throw new IllegalArgumentException(
          "expected at most " + MAX_COLUMNS + " target rows, found " + columns);
    }
    if (!(lambda > 0 && eraseScale > 0 && preserveScale >= 0)
        || !Double.isFinite(lambda + eraseScale + preserveScale)) {
      throw new IllegalArgumentException(
          "expected lambda and erase scale above 0, preserve scale 0 or more, all finite, found "
              + (lambda + ", " + eraseScale + ", " + preserveScale));
    }
    concepts = concepts.stream().sorted(Comparator.comparing(Concept::label)).toList();
    targets = ProjectorEdit.sorted(targets);
  }

  /** Elements of a row. */
  public int width() {
    return concepts.get(0).target().width();
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
    return concepts.stream()
        .mapToLong(
            c -> c.target().bytes() + c.guide().bytes() + c.preserve().map(Rows::bytes).orElse(0L))
        .sum();
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public Collection<String> changed() {
    return targets;
  }
}

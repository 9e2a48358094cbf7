package dev.forgetmenot.patch.edit;

import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patch.json.JsonObjectReader;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.util.ArrayList;
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
    List<ErasedConcept> concepts,
    double lambda,
    double eraseScale,
    double preserveScale,
    TextProjections sides,
    List<String> targets)
    implements PatchEdit {
  /** Most target rows of one edit. */
  public static final int MAX_COLUMNS = 4096;

  /** Copies the lists: concepts by label, targets sorted. */
  public ClosedFormEdit {
    if (concepts.isEmpty()) {
      throw new IllegalArgumentException("the edit changes nothing: it has no concept");
    }
    Set<String> labels = new HashSet<>();
    int columns = 0;
    for (ErasedConcept concept : concepts) {
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
    concepts = concepts.stream().sorted(Comparator.comparing(ErasedConcept::label)).toList();
    targets = TargetPattern.sorted(targets);
  }

  /** Elements of a row. */
  public int width() {
    return concepts.get(0).target().width();
  }

  @Override
  public <R, E extends Exception> R accept(PatchEdit.Visitor<R, E> visitor) throws E {
    return visitor.visit(this);
  }

  @Override
  public EditKind kind() {
    return EditKind.CLOSEDFORM;
  }

  @Override
  public Collection<String> changed() {
    return targets;
  }

  @Override
  public List<EditPart> stored() {
    SafetensorsWriter tensors = EditPart.writer();
    List<ErasedConcept.Descriptor> described =
        concepts.stream().map(concept -> concept.addTo(tensors)).toList();
    return List.of(
        new EditPart(
            kind(),
            EditPart.component(targets),
            () ->
                new Descriptor(
                    described, width(), lambda, eraseScale, preserveScale, sides, targets),
            tensors));
  }

  /**
   * What a manifest says of it.
   *
   * @param concepts at least one, with different labels
   * @param width d
   * @param lambda above 0
   * @param eraseScale above 0
   * @param preserveScale 0 or more
   * @param sides which projections the patterns are
   * @param patterns what it changes
   */
  public record Descriptor(
      List<ErasedConcept.Descriptor> concepts,
      int width,
      double lambda,
      double eraseScale,
      double preserveScale,
      TextProjections sides,
      List<String> patterns)
      implements EditDescriptor {
    static Descriptor read(JsonObjectReader m) throws PatchFormatException {
      List<ErasedConcept.Descriptor> concepts =
          m.objects("concepts", ErasedConcept.Descriptor::read);
      if (concepts.stream().mapToLong(ErasedConcept.Descriptor::columns).sum() > MAX_COLUMNS) {
        throw m.wrong("concepts", "have more than " + MAX_COLUMNS + " columns");
      }
      return new Descriptor(
          concepts,
          Rows.readWidth(m),
          scale(m, "lambda", Double.MIN_VALUE),
          scale(m, "eraseScale", Double.MIN_VALUE),
          scale(m, "preserveScale", 0),
          TextProjections.of(m.oneOf("sides", List.of("k", "v", "kv"))).orElseThrow(),
          TargetPattern.read(m));
    }

    private static double scale(JsonObjectReader m, String name, double min)
        throws PatchFormatException {
      double value = m.number(name);
      if (value < min) {
        throw m.wrong(name, value + " is too small");
      }
      return value;
    }

    /** The sides are those of the patterns. */
    @Override
    public Optional<String> contradiction() {
      boolean keys = patterns.stream().anyMatch(p -> p.endsWith(".to_k.weight"));
      boolean values = patterns.stream().anyMatch(p -> p.endsWith(".to_v.weight"));
      boolean others = patterns.stream().anyMatch(p -> !p.matches(".*\\.to_[kv]\\.weight"));
      return others
              || keys != (sides != TextProjections.V)
              || values != (sides != TextProjections.K)
          ? Optional.of(" says sides " + sides.word() + " and changes " + patterns)
          : Optional.empty();
    }

    @Override
    public <R, E extends Exception> R accept(EditDescriptor.Visitor<R, E> visitor) throws E {
      return visitor.visit(this);
    }

    @Override
    public EditKind kind() {
      return EditKind.CLOSEDFORM;
    }

    @Override
    public List<String> changed() {
      return patterns;
    }

    @Override
    public List<DeclaredTensor> tensors() {
      return concepts.stream().flatMap(concept -> concept.tensors(width).stream()).toList();
    }

    @Override
    public ClosedFormEdit edit(EditTensors tensors) throws IOException {
      List<ErasedConcept> read = new ArrayList<>();
      for (ErasedConcept.Descriptor concept : concepts) {
        read.add(concept.concept(tensors));
      }
      return new ClosedFormEdit(read, lambda, eraseScale, preserveScale, sides, patterns);
    }
  }
}

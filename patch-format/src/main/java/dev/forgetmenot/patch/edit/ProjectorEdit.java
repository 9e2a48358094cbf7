package dev.forgetmenot.patch.edit;

import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patch.json.JsonObjectReader;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.util.Collection;
import java.util.List;

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
  private static final String LEFT = ".left";
  private static final String RIGHT = ".right";

  /** Copies the list, sorted. */
  public ProjectorEdit {
    if (left.count() != right.count() || left.width() != right.width()) {
      throw new IllegalArgumentException(
          "expected left and right of one shape, found "
              + (left.count() + " x " + left.width())
              + (" and " + right.count() + " x " + right.width()));
    }
    targets = TargetPattern.sorted(targets);
  }

  @Override
  public <R, E extends Exception> R accept(PatchEdit.Visitor<R, E> visitor) throws E {
    return visitor.visit(this);
  }

  @Override
  public EditKind kind() {
    return EditKind.PROJECTOR;
  }

  @Override
  public Collection<String> changed() {
    return targets;
  }

  @Override
  public List<EditPart> stored() {
    SafetensorsWriter tensors = EditPart.writer();
    left.addTo(tensors, concept + LEFT);
    right.addTo(tensors, concept + RIGHT);
    return List.of(
        new EditPart(
            kind(),
            EditPart.component(targets),
            () -> new Descriptor(concept, left.count(), left.width(), norm(), targets),
            tensors));
  }

  /** The norm of leftᵀ·right is that of the product of rank k with up = leftᵀ. */
  private double norm() {
    float[] up = new float[left.values().length];
    for (int i = 0; i < left.count(); i++) {
      for (int j = 0; j < left.width(); j++) {
        up[j * left.count() + i] = left.values()[i * left.width() + j];
      }
    }
    long[] square = {left.width(), left.width()};
    return new LowRank(square, left.count(), left.count(), right.values(), up).norm();
  }

  /**
   * What a manifest says of it.
   *
   * @param concept what the directions stand for
   * @param directions k
   * @param width d
   * @param norm Frobenius norm of leftᵀ · right
   * @param patterns what it changes
   */
  public record Descriptor(
      String concept, int directions, int width, double norm, List<String> patterns)
      implements EditDescriptor {
    static Descriptor read(JsonObjectReader m) throws PatchFormatException {
      return new Descriptor(
          m.label("concept"),
          (int) m.integer("directions", 1, ClosedFormEdit.MAX_COLUMNS),
          Rows.readWidth(m),
          m.number("norm"),
          TargetPattern.read(m));
    }

    @Override
    public <R, E extends Exception> R accept(EditDescriptor.Visitor<R, E> visitor) throws E {
      return visitor.visit(this);
    }

    @Override
    public EditKind kind() {
      return EditKind.PROJECTOR;
    }

    @Override
    public List<String> changed() {
      return patterns;
    }

    @Override
    public List<DeclaredTensor> tensors() {
      return List.of(
          new DeclaredTensor(concept + LEFT, directions, width),
          new DeclaredTensor(concept + RIGHT, directions, width));
    }

    @Override
    public ProjectorEdit edit(EditTensors tensors) throws IOException {
      return new ProjectorEdit(
          concept, tensors.rows(concept + LEFT), tensors.rows(concept + RIGHT), patterns);
    }
  }
}

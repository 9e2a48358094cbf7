package dev.forgetmenot.patch.edit;

import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patch.json.JsonObjectReader;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Adds values to some rows of tensors: W'[i] = W[i] + s · row, such as the embeddings of a few
 * tokens.
 *
 * @param rows by target, at least one
 */
public record RowsEdit(Map<String, SelectedRows> rows) implements PatchEdit {
  private static final String ROWS = ".rows";
  private static final String INDEX = ".index";

  /** Copies the map; targets are sorted. */
  public RowsEdit {
    rows = PatchEdit.sorted(rows, "there are no rows");
  }

  @Override
  public <R, E extends Exception> R accept(PatchEdit.Visitor<R, E> visitor) throws E {
    return visitor.visit(this);
  }

  @Override
  public EditKind kind() {
    return EditKind.ROWS;
  }

  @Override
  public Collection<String> changed() {
    return rows.keySet();
  }

  @Override
  public List<EditPart> stored() {
    return EditPart.byComponent(rows, RowsEdit::stored);
  }

  private static EditPart stored(String component, Map<String, SelectedRows> rows) {
    SafetensorsWriter tensors = EditPart.writer();
    List<Target> targets = new ArrayList<>();
    rows.forEach(
        (name, selected) -> {
          Rows values = selected.rows();
          List<Long> shape = Arrays.stream(selected.shape()).boxed().toList();
          targets.add(new Target(name, shape, values.count(), values.norm()));
          values.addTo(tensors, name + ROWS);
          tensors.add(name + INDEX, new long[] {values.count()}, selected.index());
        });
    return new EditPart(EditKind.ROWS, component, () -> new Descriptor(targets), tensors);
  }

  /**
   * What a manifest says of it.
   *
   * @param targets at least one
   */
  public record Descriptor(List<Target> targets) implements EditDescriptor.OfTensors<SelectedRows> {
    static Descriptor read(JsonObjectReader members) throws PatchFormatException {
      return new Descriptor(members.objects("targets", Target::read));
    }

    @Override
    public <R, E extends Exception> R accept(EditDescriptor.Visitor<R, E> visitor) throws E {
      return visitor.visit(this);
    }

    @Override
    public EditKind kind() {
      return EditKind.ROWS;
    }

    @Override
    public RowsEdit edit(EditTensors tensors) throws IOException {
      return new RowsEdit(added(tensors));
    }
  }

  /**
   * One tensor of which some rows change.
   *
   * @param target component, slash, canonical parameter name
   * @param shape its shape, of 2 to 4 dimensions
   * @param rows how many rows change
   * @param norm Frobenius norm of what is added at strength 1
   */
  public record Target(String target, List<Long> shape, int rows, double norm)
      implements ChangedTensor<SelectedRows> {
    private static Target read(JsonObjectReader m) throws PatchFormatException {
      String target = ChangedTensor.target(m);
      List<Long> shape = ChangedTensor.shape(m);
      if (shape.size() < 2 || shape.size() > SelectedRows.MAX_DIMENSIONS) {
        throw new PatchFormatException(
            PatchError.TENSOR_SHAPE,
            target,
            "has the shape " + shape + "; rows are those of 2 to 4 dimensions");
      }
      try {
        SelectedRows.width(shape.stream().mapToLong(Long::longValue).toArray());
      } catch (ArithmeticException e) {
        throw new PatchFormatException(
            PatchError.TENSOR_SHAPE, target, "has the shape " + shape + ", larger than any file");
      }
      int count = (int) m.integer("rows", 1, Math.max(1, shape.get(0)));
      return new Target(target, shape, count, m.number("norm"));
    }

    @Override
    public List<DeclaredTensor> tensors() {
      List<Long> count = List.of((long) rows);
      return List.of(
          new DeclaredTensor(target + ROWS, rows, SelectedRows.width(dimensions())),
          new DeclaredTensor(target + INDEX, count, DType.I64, -1, 1, shape.get(0)));
    }

    @Override
    public SelectedRows added(EditTensors tensors) throws IOException {
      return new SelectedRows(
          dimensions(), tensors.index(target + INDEX, shape.get(0)), tensors.rows(target + ROWS));
    }
  }
}

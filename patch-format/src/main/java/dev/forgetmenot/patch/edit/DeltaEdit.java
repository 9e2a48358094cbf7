package dev.forgetmenot.patch.edit;

import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patch.json.JsonObjectReader;
import dev.forgetmenot.patch.json.MinorVersion;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import dev.forgetmenot.safetensors.StoredFloats;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Adds values in full: W' = W + s · delta.
 *
 * @param deltas by target, at least one
 */
public record DeltaEdit(Map<String, Delta> deltas) implements PatchEdit {
  private static final String DELTA = ".delta";

  /** Copies the map; targets are sorted. */
  public DeltaEdit {
    deltas = PatchEdit.sorted(deltas, "there is no delta");
  }

  @Override
  public <R, E extends Exception> R accept(PatchEdit.Visitor<R, E> visitor) throws E {
    return visitor.visit(this);
  }

  @Override
  public EditKind kind() {
    return EditKind.DELTA;
  }

  @Override
  public long elements() {
    return deltas.values().stream().mapToLong(Delta::elements).sum();
  }

  @Override
  public Collection<String> changed() {
    return deltas.keySet();
  }

  @Override
  public List<EditPart> stored() {
    return EditPart.byComponent(deltas, DeltaEdit::stored);
  }

  private static EditPart stored(String component, Map<String, Delta> deltas) {
    SafetensorsWriter tensors = EditPart.writer();
    List<StoredDelta> stored = new ArrayList<>();
    deltas.forEach(
        (name, delta) -> {
          StoredDelta one = new StoredDelta(name, delta);
          stored.add(one);
          tensors.add(name + DELTA, one.dtype(), delta.shape(), one);
        });
    return new EditPart(
        EditKind.DELTA,
        component,
        () -> new Descriptor(stored.stream().map(StoredDelta::described).toList()),
        tensors);
  }

  /**
   * What a manifest says of it.
   *
   * @param targets at least one
   */
  public record Descriptor(List<Target> targets) implements EditDescriptor.OfTensors<Delta> {
    static Descriptor read(JsonObjectReader members) throws PatchFormatException {
      return new Descriptor(members.objects("targets", Target::read));
    }

    @Override
    public <R, E extends Exception> R accept(EditDescriptor.Visitor<R, E> visitor) throws E {
      return visitor.visit(this);
    }

    @Override
    public EditKind kind() {
      return EditKind.DELTA;
    }

    @Override
    public int minorVersion() {
      return targets.stream().anyMatch(target -> target.scale().isPresent())
          ? MinorVersion.WITH_ROWS
          : kind().minorVersion();
    }

    /**
     * The values that are added to a target, kept in memory as they are stored and decoded where
     * they are looked at: halves take half the memory of floats. Usable after the file is closed.
     *
     * @throws IllegalArgumentException if the edit does not name the target
     * @throws IOException if they cannot be read, or are other ones than were checked
     */
    public StoredFloats stored(String target, EditTensors tensors) throws IOException {
      double scale = ChangedTensor.find(targets, target).scale().orElse(1.0);
      return tensors.stored(target + DELTA, scale);
    }

    @Override
    public DeltaEdit edit(EditTensors tensors) throws IOException {
      return new DeltaEdit(added(tensors));
    }
  }

  /**
   * One tensor that gets values in full.
   *
   * @param target component, slash, canonical parameter name
   * @param shape its shape
   * @param norm Frobenius norm of what is added at strength 1
   * @param scale where the values are stored as halves: each stands for itself times this
   */
  public record Target(String target, List<Long> shape, double norm, Optional<Double> scale)
      implements ChangedTensor<Delta> {
    private static Target read(JsonObjectReader m) throws PatchFormatException {
      String target = ChangedTensor.target(m);
      List<Long> shape = ChangedTensor.shape(m);
      Optional<Double> scale = Optional.empty();
      if (m.has("scale", MinorVersion.WITH_ROWS)) {
        scale = Optional.of(m.number("scale"));
        if (scale.get() <= 0) {
          throw m.wrong("scale", scale.get() + " is not above 0");
        }
      }
      return new Target(target, shape, m.number("norm"), scale);
    }

    @Override
    public List<DeclaredTensor> tensors() {
      DType dtype = scale.isPresent() ? DType.F16 : DType.F32;
      return List.of(new DeclaredTensor(target + DELTA, shape, dtype, -1, scale.orElse(1.0), 0));
    }

    /** The values are read each time that they are asked for. */
    @Override
    public Delta added(EditTensors tensors) {
      return new Delta(dimensions(), () -> values(tensors), scale.isPresent());
    }

    private float[] values(EditTensors tensors) throws IOException {
      float[] values = tensors.values(target + DELTA);
      if (scale.isPresent()) {
        for (int i = 0; i < values.length; i++) {
          values[i] = Fp16Scale.value(values[i], scale.get());
        }
      }
      return values;
    }
  }
}

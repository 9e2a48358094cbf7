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
 * Adds products of two thin factors: W' = W + s · alpha/rank · up · down.
 *
 * @param factors by target, at least one
 */
public record LowRankEdit(Map<String, LowRank> factors) implements PatchEdit {
  private static final String DOWN = ".down";
  private static final String UP = ".up";

  /** Copies the map; targets are sorted. */
  public LowRankEdit {
    factors = PatchEdit.sorted(factors, "there are no factors");
  }

  @Override
  public <R, E extends Exception> R accept(PatchEdit.Visitor<R, E> visitor) throws E {
    return visitor.visit(this);
  }

  @Override
  public EditKind kind() {
    return EditKind.LOWRANK;
  }

  @Override
  public Collection<String> changed() {
    return factors.keySet();
  }

  @Override
  public List<EditPart> stored() {
    return EditPart.byComponent(factors, LowRankEdit::stored);
  }

  private static EditPart stored(String component, Map<String, LowRank> factors) {
    SafetensorsWriter tensors = EditPart.writer();
    factors.forEach(
        (name, f) -> {
          tensors.add(name + DOWN, DType.F32, LowRank.downShape(f.shape(), f.rank()), f.down());
          tensors.add(name + UP, DType.F32, LowRank.upShape(f.shape(), f.rank()), f.up());
        });
    return new EditPart(EditKind.LOWRANK, component, () -> described(factors), tensors);
  }

  private static Descriptor described(Map<String, LowRank> factors) {
    List<Target> targets = new ArrayList<>();
    factors.forEach(
        (name, f) -> {
          List<Long> shape = Arrays.stream(f.shape()).boxed().toList();
          targets.add(new Target(name, shape, f.rank(), f.alpha(), f.norm()));
        });
    return new Descriptor(targets);
  }

  /**
   * What a manifest says of it.
   *
   * @param targets at least one
   */
  public record Descriptor(List<Target> targets) implements EditDescriptor.OfTensors<LowRank> {
    static Descriptor read(JsonObjectReader members) throws PatchFormatException {
      return new Descriptor(members.objects("targets", Target::read));
    }

    @Override
    public <R, E extends Exception> R accept(EditDescriptor.Visitor<R, E> visitor) throws E {
      return visitor.visit(this);
    }

    @Override
    public EditKind kind() {
      return EditKind.LOWRANK;
    }

    @Override
    public LowRankEdit edit(EditTensors tensors) throws IOException {
      return new LowRankEdit(added(tensors));
    }
  }

  /**
   * One weight that gets a product of factors.
   *
   * @param target component, slash, canonical parameter name
   * @param shape (out, in) or (out, in, height, width)
   * @param rank 1 to {@link LowRank#MAX_RANK}
   * @param alpha above 0
   * @param norm Frobenius norm of what is added at strength 1
   */
  public record Target(String target, List<Long> shape, int rank, double alpha, double norm)
      implements ChangedTensor<LowRank> {
    private static Target read(JsonObjectReader m) throws PatchFormatException {
      String target = ChangedTensor.target(m);
      List<Long> shape = ChangedTensor.shape(m);
      if (shape.size() != 2 && shape.size() != 4) {
        throw new PatchFormatException(
            PatchError.TENSOR_SHAPE,
            target,
            "has the shape " + shape + "; factors make a matrix or a convolution");
      }
      long rank = m.integer("rank", Long.MIN_VALUE, Long.MAX_VALUE);
      double alpha = m.number("alpha");
      if (rank < 1 || rank > LowRank.MAX_RANK || alpha <= 0) {
        throw new PatchFormatException(
            PatchError.RANK_OR_ALPHA,
            target,
            ("has rank " + rank + " and alpha " + alpha)
                + ("; a rank is 1 to " + LowRank.MAX_RANK + ", an alpha above 0"));
      }
      return new Target(target, shape, (int) rank, alpha, m.number("norm"));
    }

    @Override
    public List<DeclaredTensor> tensors() {
      return List.of(
          factor(DOWN, LowRank.downShape(dimensions(), rank), 0),
          factor(UP, LowRank.upShape(dimensions(), rank), 1));
    }

    private DeclaredTensor factor(String suffix, long[] dimensions, int rankAxis) {
      List<Long> its = Arrays.stream(dimensions).boxed().toList();
      return new DeclaredTensor(target + suffix, its, DType.F32, rankAxis, 1, 0);
    }

    @Override
    public LowRank added(EditTensors tensors) throws IOException {
      return new LowRank(
          dimensions(), rank, alpha, tensors.values(target + DOWN), tensors.values(target + UP));
    }
  }
}

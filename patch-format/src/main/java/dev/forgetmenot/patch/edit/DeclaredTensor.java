package dev.forgetmenot.patch.edit;

import dev.forgetmenot.safetensors.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One tensor that the entry of an edit must hold.
 *
 * @param name as in the entry
 * @param shape its dimensions
 * @param dtype its type
 * @param rankAxis the dimension that is a rank, or -1
 * @param scale its values stand for themselves times this
 * @param indexLimit of an index of rows how many there are; else 0
 */
public record DeclaredTensor(
    String name, List<Long> shape, DType dtype, int rankAxis, double scale, long indexLimit) {
  static final String DELTA = ".delta";
  static final String ROWS = ".rows";
  static final String INDEX = ".index";
  static final String DOWN = ".down";
  static final String UP = ".up";
  static final String LEFT = ".left";
  static final String RIGHT = ".right";
  static final String TARGET = ".target";
  static final String GUIDE = ".guide";
  static final String PRESERVE = ".preserve";
  static final String EMBEDDING = ".embedding";

  private DeclaredTensor(String name, long... shape) {
    this(name, Arrays.stream(shape).boxed().toList(), DType.F32, -1, 1, 0);
  }

  private static DeclaredTensor factor(String name, List<Long> shape, int rankAxis) {
    return new DeclaredTensor(name, shape, DType.F32, rankAxis, 1, 0);
  }

  /** All tensors of an edit. */
  public static List<DeclaredTensor> of(EditDescriptor content) {
    All all = new All(new ArrayList<>());
    content.accept(all);
    return all.tensors();
  }

  /** Collects those of one edit. */
  private record All(List<DeclaredTensor> tensors)
      implements EditDescriptor.Visitor<Void, RuntimeException> {
    @Override
    public Void visit(EditDescriptor.Deltas deltas) {
      for (EditDescriptor.Target target : deltas.targets()) {
        DType dtype = target.scale().isPresent() ? DType.F16 : DType.F32;
        double scale = target.scale().orElse(1.0);
        tensors.add(
            new DeclaredTensor(target.target() + DELTA, target.shape(), dtype, -1, scale, 0));
      }
      return null;
    }

    @Override
    public Void visit(EditDescriptor.RowTargets rows) {
      for (EditDescriptor.RowTarget t : rows.targets()) {
        long[] shape = t.shape().stream().mapToLong(Long::longValue).toArray();
        tensors.add(new DeclaredTensor(t.target() + ROWS, t.rows(), SelectedRows.width(shape)));
        List<Long> index = List.of((long) t.rows());
        tensors.add(
            new DeclaredTensor(t.target() + INDEX, index, DType.I64, -1, 1, t.shape().get(0)));
      }
      return null;
    }

    @Override
    public Void visit(EditDescriptor.LowRanks lowRanks) {
      for (EditDescriptor.Factors f : lowRanks.targets()) {
        tensors.add(factor(f.target() + DOWN, down(f.shape(), f.rank()), 0));
        tensors.add(factor(f.target() + UP, up(f.shape(), f.rank()), 1));
      }
      return null;
    }

    @Override
    public Void visit(EditDescriptor.Projector p) {
      tensors.add(new DeclaredTensor(p.concept() + LEFT, p.directions(), p.width()));
      tensors.add(new DeclaredTensor(p.concept() + RIGHT, p.directions(), p.width()));
      return null;
    }

    @Override
    public Void visit(EditDescriptor.ClosedForm closedForm) {
      for (EditDescriptor.Columns c : closedForm.concepts()) {
        tensors.add(new DeclaredTensor(c.label() + TARGET, c.columns(), closedForm.width()));
        tensors.add(new DeclaredTensor(c.label() + GUIDE, c.columns(), closedForm.width()));
        if (c.preserved() > 0) {
          tensors.add(new DeclaredTensor(c.label() + PRESERVE, c.preserved(), closedForm.width()));
        }
      }
      return null;
    }

    @Override
    public Void visit(EditDescriptor.Tokens tokens) {
      for (EditDescriptor.Token token : tokens.tokens()) {
        tensors.add(new DeclaredTensor(token.token() + EMBEDDING, token.vectors(), tokens.width()));
      }
      return null;
    }
  }

  /** (rank, in) or (rank, in, height, width). */
  static List<Long> down(List<Long> shape, int rank) {
    List<Long> down = new ArrayList<>(shape);
    down.set(0, (long) rank);
    return down;
  }

  /** (out, rank) or (out, rank, 1, 1). */
  static List<Long> up(List<Long> shape, int rank) {
    return shape.size() == 2
        ? List.of(shape.get(0), (long) rank)
        : List.of(shape.get(0), (long) rank, 1L, 1L);
  }

  /** Whether a shape is this one but for its rank. */
  boolean differsInRankAlone(List<Long> other) {
    if (rankAxis < 0 || other.size() != shape.size()) {
      return false;
    }
    List<Long> same = new ArrayList<>(other);
    same.set(rankAxis, shape.get(rankAxis));
    return same.equals(shape);
  }
}

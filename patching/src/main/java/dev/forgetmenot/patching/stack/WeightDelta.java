package dev.forgetmenot.patching.stack;

import dev.forgetmenot.patch.edit.Rows;
import dev.forgetmenot.patch.edit.SelectedRows;
import dev.forgetmenot.patching.linear.LinearMap;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.linear.SingularValues;
import dev.forgetmenot.patching.linear.TruncatedSvd;
import java.util.Arrays;
import java.util.List;

/**
 * What is added to one weight: dW (out × in), a convolution as the matrix that {@code flatten(1)}
 * makes of it.
 */
sealed interface WeightDelta {
  /**
   * A product of thin factors.
   *
   * @param left (out × k)
   * @param right (k × in)
   */
  record Factors(Matrix left, Matrix right) implements WeightDelta {
    @Override
    public void addTo(DeltaAccumulator sum) {
      sum.add(left, right);
    }

    @Override
    public double norm() {
      return Math.sqrt(Math.max(0, left.inner().dot(right.transposed().inner())));
    }

    @Override
    public Matrix times(Matrix columns) {
      return left.times(right.times(columns));
    }

    @Override
    public Matrix dense() {
      return left.times(right);
    }

    @Override
    public Matrix inputs(int most) {
      // dW = Q·R·right with Q orthonormal: the right singular vectors are those of R·right.
      Matrix gram = left.inner();
      SingularValues eigen = SingularValues.of(gram);
      int rank = eigen.rank(NOTHING * NOTHING);
      double[] roots = new double[rank];
      for (int i = 0; i < rank; i++) {
        roots[i] = Math.sqrt(eigen.sigma().get(i));
      }
      Matrix root = eigen.first(rank).timesDiagonal(roots);
      return span(root.transposedTimes(right).transposed(), most);
    }
  }

  /**
   * Values one by one.
   *
   * @param values (out × in), not yet scaled
   * @param scale of all
   */
  record Values(LinearMap values, double scale) implements WeightDelta {
    @Override
    public void addTo(DeltaAccumulator sum) {
      sum.add(values, scale);
    }

    @Override
    public double norm() {
      return Math.abs(scale) * values.norm();
    }

    @Override
    public Matrix times(Matrix columns) {
      return values.times(columns).times(scale);
    }

    @Override
    public Matrix dense() {
      return values.dense().times(scale);
    }

    @Override
    public Matrix inputs(int most) {
      if (Math.min(values.rows(), values.columns()) <= 2 * most) {
        return span(values.dense().transposed(), most);
      }
      return span(TruncatedSvd.of(values, 2 * most).right().transposed(), most);
    }
  }

  /**
   * Some rows.
   *
   * @param index which, rising
   * @param rows one for each index (n × in)
   * @param outputs rows of the weight
   */
  record SomeRows(List<Long> index, Matrix rows, int outputs) implements WeightDelta {
    /** Copies the list. */
    public SomeRows {
      index = List.copyOf(index);
    }

    static SomeRows of(SelectedRows selected, double strength, int outputs) {
      Rows rows = selected.rows();
      return new SomeRows(
          Arrays.stream(selected.index()).boxed().toList(),
          Matrix.of(rows.count(), rows.width(), rows.values()).times(strength),
          outputs);
    }

    @Override
    public void addTo(DeltaAccumulator sum) {
      sum.addRows(index, rows);
    }

    @Override
    public double norm() {
      return rows.norm();
    }

    @Override
    public Matrix times(Matrix columns) {
      return spread(rows.times(columns));
    }

    @Override
    public Matrix dense() {
      return spread(rows);
    }

    @Override
    public Matrix inputs(int most) {
      return span(rows.transposed(), most);
    }

    private Matrix spread(Matrix some) {
      int width = some.columns();
      double[] all = new double[Math.multiplyExact(outputs, width)];
      for (int i = 0; i < some.rows(); i++) {
        int at = Math.toIntExact(index.get(i) * width);
        for (int j = 0; j < width; j++) {
          all[at + j] += some.get(i, j);
        }
      }
      return Matrix.of(outputs, width, all);
    }
  }

  /** Most input directions that are compared. */
  int DIRECTIONS = 16;

  /** Directions with less than this share of the largest singular value count as none. */
  double NOTHING = 1e-7;

  void addTo(DeltaAccumulator sum);

  /** The Frobenius norm. */
  double norm();

  /** dW · X. */
  Matrix times(Matrix columns);

  /** dW. */
  Matrix dense();

  /**
   * The input directions that it reads most: right singular vectors by falling singular value.
   *
   * @param most how many at most
   * @return orthonormal columns (in × r)
   */
  Matrix inputs(int most);

  /**
   * Several changes of one weight as one.
   *
   * @param changes at least one
   */
  static WeightDelta sum(List<WeightDelta> changes) {
    if (changes.size() == 1) {
      return changes.get(0);
    }
    if (changes.stream().allMatch(Factors.class::isInstance)) {
      List<Factors> factors = changes.stream().map(Factors.class::cast).toList();
      return new Factors(
          Matrix.joinColumns(factors.stream().map(Factors::left).toList()),
          Matrix.joinRows(factors.stream().map(Factors::right).toList()));
    }
    Matrix sum = changes.get(0).dense();
    for (WeightDelta change : changes.subList(1, changes.size())) {
      sum = sum.plus(change.dense());
    }
    return new Values(sum, 1);
  }

  /** Sum over all places of this times another: |dA|·|dB| times the cosine. */
  default double dot(WeightDelta other) {
    if (this instanceof Factors a && other instanceof Factors b) {
      return a.left().transposedTimes(b.left()).dot(a.right().timesTransposed(b.right()));
    }
    if (this instanceof Factors a) {
      return a.left().transposedTimes(other.dense()).dot(a.right());
    }
    return other instanceof Factors ? other.dot(this) : dense().dot(other.dense());
  }

  private static Matrix span(Matrix columns, int most) {
    SingularValues svd = SingularValues.of(columns);
    return svd.first(Math.min(most, svd.rank(NOTHING)));
  }
}

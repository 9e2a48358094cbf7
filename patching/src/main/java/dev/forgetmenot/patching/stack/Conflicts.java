package dev.forgetmenot.patching.stack;

import dev.forgetmenot.api.model.BaseModel;
import dev.forgetmenot.patching.linear.FloatMatrix;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.stack.ConflictReport.ConceptResidual;
import dev.forgetmenot.patching.stack.ConflictReport.Effect;
import dev.forgetmenot.patching.stack.ConflictReport.Meeting;
import dev.forgetmenot.patching.stack.ConflictReport.Pair;
import dev.forgetmenot.patching.stack.ConflictReport.Patch;
import dev.forgetmenot.patching.stack.ConflictReport.Solve;
import dev.forgetmenot.safetensors.StoredFloats;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Measures how the patches of a stack meet, weight by weight: of each patch alone, of every two and
 * of all.
 */
public final class Conflicts {
  private final List<StackedPatch> layers;
  private final PatchedWeights all;
  private final List<PatchedWeights> alone = new ArrayList<>();
  private final List<List<ErasureProbe>> probes = new ArrayList<>();
  private final List<List<PairSums>> pairs = new ArrayList<>(); // [first][second], second > first
  private final List<Remains> remains = new ArrayList<>();
  private final List<Remains> remainsInStack = new ArrayList<>();
  private final Drift.Meter drift = new Drift.Meter();

  private Conflicts(PatchStack stack, BaseModel base) throws IOException {
    layers = stack.layers();
    Map<StackedPatch, Map<String, List<String>>> targets = stack.targets(base);
    all = new PatchedWeights(base.tensors(), targets);
    for (int i = 0; i < layers.size(); i++) {
      StackedPatch layer = layers.get(i);
      alone.add(new PatchedWeights(base.tensors(), Map.of(layer, targets.get(layer))));
      probes.add(ErasureProbe.of(layer, targets.get(layer)));
      remains.add(new Remains());
      remainsInStack.add(new Remains());
      List<PairSums> row = new ArrayList<>();
      for (int j = i + 1; j < layers.size(); j++) {
        Map<StackedPatch, Map<String, List<String>>> two = new LinkedHashMap<>();
        two.put(layer, targets.get(layer));
        two.put(layers.get(j), targets.get(layers.get(j)));
        row.add(new PairSums(new PatchedWeights(base.tensors(), two)));
      }
      pairs.add(row);
    }
  }

  /**
   * Measures.
   *
   * @param stack open
   * @param base a base that all its patches fit
   * @throws dev.forgetmenot.patch.error.PatchFormatException if one does not fit
   */
  public static ConflictReport of(PatchStack stack, BaseModel base) throws IOException {
    Conflicts conflicts = new Conflicts(stack, base);
    for (String target : conflicts.all.targets()) {
      conflicts.add(target);
    }
    return conflicts.report();
  }

  private void add(String target) throws IOException {
    StoredFloats weight = all.weight(target);
    List<Optional<WeightDelta>> changes = new ArrayList<>();
    for (PatchedWeights one : alone) {
      changes.add(one.change(target, weight));
    }
    WeightDelta whole = all.change(target, weight).orElseThrow();
    drift.add(target, weight, whole.norm());
    FloatMatrix matrix = new FloatMatrix(all.outputs(target), weight);
    Together together = new Together(target, weight, new HashMap<>());
    for (int i = 0; i < layers.size(); i++) {
      for (int j = i + 1; j < layers.size(); j++) {
        if (changes.get(i).isPresent() && changes.get(j).isPresent()) {
          pair(i, j).add(target, changes.get(i).get(), changes.get(j).get());
        }
      }
      for (ErasureProbe probe : probes.get(i)) {
        if (probe.targets().contains(target)) {
          addProbe(i, new Seen(probe, matrix), changes, whole, together);
        }
      }
    }
  }

  private void addProbe(
      int patch,
      Seen seen,
      List<Optional<WeightDelta>> changes,
      WeightDelta whole,
      Together together)
      throws IOException {
    Matrix own = seen.moved(changes.get(patch));
    remains.get(patch).add(seen, own);
    remainsInStack.get(patch).add(seen, seen.moved(Optional.of(whole)));
    for (int other = 0; other < layers.size(); other++) {
      if (other != patch) {
        PairSums sums = pair(Math.min(patch, other), Math.max(patch, other));
        Effects effects = patch < other ? sums.onFirst : sums.onSecond;
        effects.add(seen, seen.moved(changes.get(other)), seen.moved(together.of(sums)));
      }
    }
  }

  private PairSums pair(int first, int second) {
    return pairs.get(first).get(second - first - 1);
  }

  private ConflictReport report() {
    List<Patch> patches = new ArrayList<>();
    List<Pair> found = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      StackedPatch layer = layers.get(i);
      patches.add(
          new Patch(
              layer.name(),
              layer.file().id(),
              layer.strength(),
              alone.get(i).targets().size(),
              remains.get(i).value(),
              remainsInStack.get(i).value()));
      for (int j = i + 1; j < layers.size(); j++) {
        found.add(pair(i, j).pair(i, j));
      }
    }
    return new ConflictReport(patches, found, drift.drift(), systems());
  }

  private List<Solve> systems() {
    List<Solve> systems = new ArrayList<>();
    for (JointSystem system : all.systems()) {
      double[] residuals = system.solution().residuals();
      List<ConceptResidual> concepts = new ArrayList<>();
      for (int i = 0; i < residuals.length; i++) {
        StackedPatch owner = system.layers().get(system.owners().get(i));
        concepts.add(
            new ConceptResidual(
                layers.indexOf(owner), system.solution().erased().get(i).label(), residuals[i]));
      }
      systems.add(new Solve(system.condition(), system.targets().size(), concepts));
    }
    return systems;
  }

  /** What two patches do to one weight together, worked out once for all probes. */
  private record Together(
      String target, StoredFloats weight, Map<PairSums, Optional<WeightDelta>> known) {
    Optional<WeightDelta> of(PairSums pair) throws IOException {
      Optional<WeightDelta> change = known.get(pair);
      if (change == null) {
        change = pair.both.change(target, weight);
        known.put(pair, change);
      }
      return change;
    }
  }

  /** A probe as one weight sees it: W·C and W·(G − C). */
  private static final class Seen {
    private final ErasureProbe probe;
    private final Matrix columns;
    private final Matrix way;

    Seen(ErasureProbe probe, FloatMatrix weight) {
      this.probe = probe;
      columns = weight.times(probe.columns());
      way = weight.times(probe.wanted().minus(probe.columns()));
    }

    /** dW·C. */
    Matrix moved(Optional<WeightDelta> change) {
      return change
          .map(c -> c.times(probe.columns()))
          .orElseGet(() -> Matrix.zeros(columns.rows(), columns.columns()));
    }
  }

  private static double square(Matrix matrix) {
    double norm = matrix.norm();
    return norm * norm;
  }

  /** |W'C − WG| / |W(G − C)| over weights and probes. */
  private static final class Remains {
    private double missed;
    private double way;

    void add(Seen seen, Matrix moved) {
      missed += square(moved.minus(seen.way));
      way += square(seen.way);
    }

    Optional<Double> value() {
      return way == 0 ? Optional.empty() : Optional.of(Math.sqrt(missed / way));
    }
  }

  /** What another patch does to a patch's targets. */
  private static final class Effects {
    private final Remains remains = new Remains();
    private double moved;
    private double size;

    void add(Seen seen, Matrix byOther, Matrix byBoth) {
      remains.add(seen, byBoth);
      moved += square(byOther);
      size += square(seen.columns);
    }

    Optional<Effect> effect() {
      return remains.value().map(left -> new Effect(Math.sqrt(moved / size), left));
    }
  }

  /** Two changes over some weights. */
  private static final class Sums {
    private double product;
    private double first;
    private double second;
    private double overlap;
    private double largest;
    private int weights;

    void add(double dot, double a, double b, double[] cosines) {
      product += dot;
      first += a * a;
      second += b * b;
      double squares = 0;
      for (double cosine : cosines) {
        squares += cosine * cosine;
        largest = Math.max(largest, Math.min(1, cosine));
      }
      overlap += cosines.length == 0 ? 0 : squares / cosines.length;
      weights++;
    }

    Meeting meeting() {
      double norms = Math.sqrt(first * second);
      return new Meeting(
          norms == 0 ? 0 : product / norms, overlap / weights, Math.toDegrees(Math.acos(largest)));
    }
  }

  /** Two patches over all weights. */
  private static final class PairSums {
    private final PatchedWeights both;
    private final Sums whole = new Sums();
    private final Map<String, Sums> blocks = new LinkedHashMap<>();
    private final Map<String, Sums> tensors = new LinkedHashMap<>();
    private final Effects onFirst = new Effects();
    private final Effects onSecond = new Effects();

    PairSums(PatchedWeights both) {
      this.both = both;
    }

    void add(String target, WeightDelta a, WeightDelta b) {
      double dot = a.dot(b);
      double sizeA = a.norm();
      double sizeB = b.norm();
      double[] cosines =
          PrincipalAngles.cosines(
              a.inputs(WeightDelta.DIRECTIONS), b.inputs(WeightDelta.DIRECTIONS));
      whole.add(dot, sizeA, sizeB, cosines);
      blocks
          .computeIfAbsent(BlockNames.of(target), x -> new Sums())
          .add(dot, sizeA, sizeB, cosines);
      tensors.computeIfAbsent(target, x -> new Sums()).add(dot, sizeA, sizeB, cosines);
    }

    Pair pair(int i, int j) {
      Map<String, Meeting> byBlock = new LinkedHashMap<>();
      new TreeSet<>(blocks.keySet()).forEach(b -> byBlock.put(b, blocks.get(b).meeting()));
      Map<String, Meeting> byTensor = new LinkedHashMap<>();
      tensors.forEach((name, sums) -> byTensor.put(name, sums.meeting()));
      return new Pair(
          i,
          j,
          whole.weights,
          whole.weights == 0 ? Optional.empty() : Optional.of(whole.meeting()),
          byBlock,
          byTensor,
          onFirst.effect(),
          onSecond.effect());
    }
  }
}

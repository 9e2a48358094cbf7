package dev.forgetmenot.patching.lora;

import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.edit.ClosedFormEdit;
import dev.forgetmenot.patch.edit.Delta;
import dev.forgetmenot.patch.edit.DeltaEdit;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patch.edit.LowRankEdit;
import dev.forgetmenot.patch.edit.PatchEdit;
import dev.forgetmenot.patch.edit.ProjectorEdit;
import dev.forgetmenot.patch.edit.RowsEdit;
import dev.forgetmenot.patch.edit.TargetPattern;
import dev.forgetmenot.patch.edit.TensorName;
import dev.forgetmenot.patch.edit.TokensEdit;
import dev.forgetmenot.patching.diff.DifferenceForm;
import dev.forgetmenot.patching.diff.FactoredDelta;
import dev.forgetmenot.patching.linear.FloatMatrix;
import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.patching.stack.JointSolve;
import dev.forgetmenot.patching.stack.TextEdits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a patch does to weights as products of two factors, as LoRA files hold them. Factors stay as
 * they are; a change of the input, W·D with D = left · right, is up = W·left and down = right,
 * which is exact for this base and no other.
 */
public final class LoraExport {
  private static final String EMBEDDINGS = "take --to embeddings for the tokens";

  /**
   * What was found.
   *
   * @param products by target, at least one
   * @param deltas by target: what stays in full
   * @param notes what is not exact, for people
   */
  public record Result(
      Map<String, LowRank> products, Map<String, Delta> deltas, List<String> notes) {}

  private final PatchFile patch;
  private final Optional<BaseTensors> base;
  private final double strength;
  private final Optional<DifferenceForm> values;
  private final boolean full;
  private final Map<String, List<LowRank>> factors = new TreeMap<>();
  private final Map<String, Delta> deltas = new TreeMap<>();
  private final List<String> notes = new ArrayList<>();
  private final List<String> refused = new ArrayList<>();

  private LoraExport(
      PatchFile patch,
      Optional<BaseTensors> base,
      double strength,
      Optional<DifferenceForm> values,
      boolean full) {
    this.patch = patch;
    this.base = base;
    this.strength = strength;
    this.values = values;
    this.full = full;
  }

  /**
   * Works the products out.
   *
   * @param base the base that the patch fits; needed by edits of what layers read
   * @param strength other than 0
   * @param values how to make products of values in full; empty to refuse them
   * @param full whether values in full may stay so
   * @throws IOException if something of the patch is no product; the message says all of it
   */
  public static Result of(
      PatchFile patch,
      Optional<BaseTensors> base,
      double strength,
      Optional<DifferenceForm> values,
      boolean full)
      throws IOException {
    if (strength == 0 || !Double.isFinite(strength)) {
      throw new IllegalArgumentException("a strength of " + strength + " leaves nothing to write");
    }
    return new LoraExport(patch, base, strength, values, full).run();
  }

  private Result run() throws IOException {
    List<JointSolve.Member> closedForms = new ArrayList<>();
    for (Manifest.Edit entry : patch.manifest().edits()) {
      PatchEdit edit = patch.edit(entry);
      if (entry.component().equals("vae")) {
        refused.add(entry.id() + ": LoRA files have no names for the VAE");
      } else {
        edit.accept(new Products(entry, closedForms));
      }
    }
    JointSolve joint = new JointSolve(closedForms);
    for (String target :
        closedForms.stream().flatMap(m -> m.targets().stream()).distinct().toList()) {
      add(target, product(target, joint.of(target).orElseThrow()));
    }
    if (!refused.isEmpty()) {
      throw new LoraException(
          patch.path().toString(),
          "a LoRA cannot say all of this patch, and a part of it is another change: "
              + Message.some(refused));
    }
    Map<String, LowRank> products = new TreeMap<>();
    for (Map.Entry<String, List<LowRank>> entry : factors.entrySet()) {
      products.put(entry.getKey(), joined(entry.getKey(), entry.getValue()));
    }
    return new Result(products, deltas, notes);
  }

  /** Adds the products of one edit. */
  private final class Products implements PatchEdit.Visitor<Void, IOException> {
    private final Manifest.Edit entry;
    private final List<JointSolve.Member> closedForms;

    private Products(Manifest.Edit entry, List<JointSolve.Member> closedForms) {
      this.entry = entry;
      this.closedForms = closedForms;
    }

    @Override
    public Void visit(LowRankEdit edit) {
      edit.factors().forEach((target, product) -> add(target, scaled(product)));
      return null;
    }

    @Override
    public Void visit(DeltaEdit edit) {
      edit.deltas().forEach(LoraExport.this::addValues);
      return null;
    }

    @Override
    public Void visit(ProjectorEdit edit) throws IOException {
      for (String target : targets(edit.targets())) {
        add(target, product(target, TextEdits.of(edit).times(strength)));
      }
      return null;
    }

    @Override
    public Void visit(ClosedFormEdit edit) throws IOException {
      closedForms.add(new JointSolve.Member(edit, strength, targets(edit.targets())));
      return null;
    }

    @Override
    public Void visit(RowsEdit edit) {
      return refuse();
    }

    @Override
    public Void visit(TokensEdit edit) {
      return refuse();
    }

    private Void refuse() {
      refused.add(entry.id() + " (" + entry.kind() + ") changes no products; " + EMBEDDINGS);
      return null;
    }
  }

  private void add(String target, LowRank product) {
    factors.computeIfAbsent(target, t -> new ArrayList<>()).add(product);
  }

  /** The factors bit for bit: the strength goes into the scale, its sign into up. */
  private LowRank scaled(LowRank product) {
    float[] up = product.up();
    if (strength < 0) {
      up = up.clone();
      for (int i = 0; i < up.length; i++) {
        up[i] = -up[i];
      }
    }
    double alpha = product.alpha() * Math.abs(strength);
    return new LowRank(product.shape(), product.rank(), alpha, product.down(), up);
  }

  private LowRank product(String target, InputUpdate edit) throws IOException {
    float[] weight = base().floats(TensorName.component(target), TensorName.name(target));
    long[] shape = base().shape(TensorName.component(target), TensorName.name(target));
    Matrix w = Matrix.of(Math.toIntExact(shape[0]), edit.width(), weight);
    return new LowRank(
        shape,
        edit.rank(),
        edit.rank(),
        edit.right().rowMajorFloats(),
        w.times(edit.left()).rowMajorFloats());
  }

  private BaseTensors base() throws LoraException {
    if (base.isEmpty()) {
      throw new LoraException(
          patch.path().toString(),
          "it changes what layers read, and what that makes of a weight hangs on the weight: name"
              + " the base by --model");
    }
    return base.get();
  }

  private List<String> targets(List<String> patterns) throws LoraException {
    List<String> targets = new ArrayList<>();
    for (String text : patterns) {
      TargetPattern pattern = new TargetPattern(text);
      for (String target : pattern.among(base().names(pattern.component()))) {
        if (!targets.contains(target)) {
          targets.add(target);
        }
      }
    }
    return targets;
  }

  private void addValues(String target, Delta delta) {
    boolean matrix = delta.shape().length == 2 || delta.shape().length == 4;
    if (values.isPresent() && matrix) {
      float[] scaled = scaled(delta);
      FactoredDelta found = FactoredDelta.of(delta.shape(), scaled, 0, values.get());
      double norm = new FloatMatrix(1, scaled).norm();
      notes.add(
          Message.of(
              "%s: rank %d leaves %.3g %% of the change",
              target, found.factors().rank(), norm == 0 ? 0 : 100 * found.residual() / norm));
      add(target, found.factors());
    } else if (full) {
      deltas.put(target, new Delta(delta.shape(), () -> scaled(delta), false));
    } else if (matrix) {
      refused.add(
          target + " is changed in full (--rank N makes a product of it, --full keeps it so)");
    } else {
      refused.add(target + " is a bias or a norm, which has no product (--full keeps it so)");
    }
  }

  /** The values themselves at strength 1: of a large tensor memory does not hold two copies. */
  private float[] scaled(Delta delta) {
    if (strength == 1) {
      return delta.values();
    }
    float[] scaled = delta.values().clone();
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (float) (scaled[i] * strength);
    }
    return scaled;
  }

  /** One product of all: factors beside each other, scales in up. */
  private LowRank joined(String target, List<LowRank> products) throws LoraException {
    if (products.size() == 1) {
      return products.get(0);
    }
    int rank = products.stream().mapToInt(LowRank::rank).sum();
    if (rank > LowRank.MAX_RANK) {
      throw new LoraException(
          patch.path().toString(), target + " would need a rank of " + rank + "; take fewer edits");
    }
    LowRank first = products.get(0);
    float[] down = new float[rank * first.inputs()];
    float[] up = new float[first.outputs() * rank];
    int before = 0;
    for (LowRank product : products) {
      System.arraycopy(product.down(), 0, down, before * first.inputs(), product.down().length);
      double scale = product.alpha() / product.rank();
      for (int row = 0; row < first.outputs(); row++) {
        for (int i = 0; i < product.rank(); i++) {
          up[row * rank + before + i] = (float) (scale * product.up()[row * product.rank() + i]);
        }
      }
      before += product.rank();
    }
    return new LowRank(first.shape(), rank, rank, down, up);
  }
}

package dev.forgetmenot.patching.diff;

import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.patch.PatchWriter;
import dev.forgetmenot.patch.edit.Delta;
import dev.forgetmenot.patch.edit.DeltaEdit;
import dev.forgetmenot.patch.edit.EditKind;
import dev.forgetmenot.patch.edit.Fp16Scale;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patch.edit.LowRankEdit;
import dev.forgetmenot.patch.edit.PatchEdit;
import dev.forgetmenot.patch.edit.TargetPattern;
import dev.forgetmenot.patch.edit.TextProjections;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patching.stack.BlockNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Turns a difference into edits: first what cross attention reads, as one change of it, then the
 * rest as thin products or in full.
 */
public final class DiffFactorizer {
  /**
   * How one tensor is kept.
   *
   * @param changed what changed
   * @param kind of the edit
   * @param rank of the product, or directions of the input's change; 0 in full
   * @param residual the norm of what the edit leaves
   */
  public record Part(ModelDiff.Changed changed, EditKind kind, int rank, double residual) {
    /** Component and block. */
    public String block() {
      return BlockNames.of(changed.target());
    }
  }

  /**
   * What came of it.
   *
   * @param edits at least one
   * @param parts every changed tensor, by name
   * @param findings what was found, for people
   */
  public record Result(List<PatchEdit> edits, List<Part> parts, List<String> findings) {
    /** Copies the lists. */
    public Result {
      edits = List.copyOf(edits);
      parts = List.copyOf(parts);
      findings = List.copyOf(findings);
    }
  }

  private final ModelDiff difference;
  private final DifferenceForm form;
  private final String label;
  private final JobContext context;
  private final List<PatchEdit> edits = new ArrayList<>();
  private final Map<String, Part> parts = new TreeMap<>();
  private final List<String> findings = new ArrayList<>();

  private DiffFactorizer(
      ModelDiff difference, DifferenceForm form, String label, JobContext context) {
    this.difference = difference;
    this.form = form;
    this.label = label;
    this.context = context;
  }

  /**
   * Works out the edits.
   *
   * @param label what a change of the input is called in the patch
   * @param context gets the progress, and may stop it
   * @throws IOException if nothing differs, the form does not fit, or a patch cannot hold it
   */
  public static Result of(
      ModelDiff difference, DifferenceForm form, String label, JobContext context)
      throws IOException {
    if (difference.changed().isEmpty()) {
      throw new IOException("nothing differs but for the rounding of the files: there is no patch");
    }
    return new DiffFactorizer(difference, form, label, context).run();
  }

  private Result run() throws IOException {
    boolean closed =
        form.kind() == DifferenceForm.Kind.CLOSEDFORM || form.kind() == DifferenceForm.Kind.AUTO;
    if (closed) {
      closedForms();
    }
    if (form.kind() == DifferenceForm.Kind.CLOSEDFORM
        && parts.size() < difference.changed().size()) {
      throw new IOException(
          "the difference is not one change of what cross attention reads: "
              + String.join("; ", findings)
              + "; pass --as lowrank or --as delta");
    }
    rest();
    return new Result(edits, new ArrayList<>(parts.values()), findings);
  }

  /** Keys and values together where both changed, or else each for itself. */
  private void closedForms() throws IOException {
    boolean both = !changed(TextProjections.K).isEmpty() && !changed(TextProjections.V).isEmpty();
    if (!both || !search(TextProjections.KV)) {
      search(TextProjections.K);
      search(TextProjections.V);
    }
  }

  private List<ModelDiff.Changed> changed(TextProjections sides) {
    return difference.changed().stream().filter(c -> matches(sides, c.target())).toList();
  }

  private boolean search(TextProjections sides) throws IOException {
    List<ModelDiff.Changed> changed = changed(sides);
    Set<Long> widths = changed.stream().map(c -> c.shape()[1]).collect(Collectors.toSet());
    if (changed.isEmpty() || widths.size() > 1) {
      return false;
    }
    context.checkCancelled();
    Optional<InputEditSearch.Found> found =
        InputEditSearch.of(difference, changed, form, label, patterns(changed));
    String what = sides.word() + " of cross attention (" + changed.size() + " tensors)";
    if (found.isEmpty()) {
      findings.add(what + ": too few rows, or nothing above the noise");
      return false;
    }
    InputEditSearch.Found edit = found.get();
    int rank = edit.edit().map(projector -> projector.left().count()).orElse(0);
    boolean taken =
        edit.explains() || (form.kind() == DifferenceForm.Kind.CLOSEDFORM && form.chosen());
    findings.add(
        Message.of(
            "%s: one change of the input of %s leaves %.3g of the difference %.3g (%.3g %%);"
                + " rounding alone makes %.3g%s",
            what,
            rank == 0 ? "any rank" : "rank " + rank,
            edit.residual(),
            edit.norm(),
            100 * edit.residual() / edit.norm(),
            edit.noise(),
            taken ? "" : "; that is not the whole difference"));
    if (taken) {
      edits.add(edit.edit().orElseThrow());
      for (ModelDiff.Changed c : changed) {
        parts.put(c.target(), new Part(c, EditKind.PROJECTOR, rank, edit.left().get(c.target())));
      }
    }
    return taken;
  }

  private static boolean matches(TextProjections sides, String target) {
    return sides.targets().stream().anyMatch(text -> new TargetPattern(text).matches(target));
  }

  /** The patterns of all cross attentions if all of their sides changed, else the names. */
  private List<String> patterns(List<ModelDiff.Changed> changed) {
    Set<String> named = new TreeSet<>();
    changed.forEach(c -> named.add(c.target()));
    for (TextProjections sides : TextProjections.values()) {
      Set<String> all = new TreeSet<>();
      for (String text : sides.targets()) {
        all.addAll(new TargetPattern(text).among(difference.names("unet")));
      }
      if (all.equals(named)) {
        return sides.targets();
      }
    }
    return List.copyOf(named);
  }

  private void rest() throws IOException {
    List<ModelDiff.Changed> rest =
        difference.changed().stream().filter(c -> !parts.containsKey(c.target())).toList();
    Map<String, LowRank> factors = new TreeMap<>();
    Map<String, Delta> deltas = new TreeMap<>();
    // What cannot become a product is counted before anything is worked out.
    checkSize(
        rest.stream().filter(c -> !mayBeFactored(c)).mapToLong(c -> c.size() * smallest(c)).sum());
    long[] bytes = new long[1];
    TensorWork.forEach(
        rest,
        ModelDiff.Changed::size,
        this::kept,
        kept -> {
          parts.put(kept.part().changed().target(), kept.part());
          kept.factors().ifPresent(product -> factors.put(kept.part().changed().target(), product));
          if (kept.delta().isPresent()) {
            Delta delta = kept.delta().get();
            deltas.put(kept.part().changed().target(), delta);
            bytes[0] += delta.elements() * (delta.half() ? Short.BYTES : Float.BYTES);
            checkSize(bytes[0]);
          }
        },
        context,
        "difference");
    if (!factors.isEmpty()) {
      edits.add(new LowRankEdit(factors));
    }
    if (!deltas.isEmpty()) {
      edits.add(new DeltaEdit(deltas));
    }
  }

  /** One tensor of the patch: a product, or values. */
  private record Kept(Part part, Optional<LowRank> factors, Optional<Delta> delta) {}

  private boolean mayBeFactored(ModelDiff.Changed changed) {
    return changed.factored() && form.kind() != DifferenceForm.Kind.DELTA;
  }

  private Kept kept(ModelDiff.Changed changed) throws IOException {
    float[] delta = difference.delta(changed);
    if (mayBeFactored(changed)) {
      boolean always = form.kind() == DifferenceForm.Kind.LOWRANK || form.chosen();
      Optional<FactoredDelta> found =
          always
              ? Optional.of(FactoredDelta.of(changed.shape(), delta, changed.noise(), form))
              : FactoredDelta.ifThin(changed.shape(), delta, changed.noise());
      if (found.isPresent()) {
        LowRank product = found.get().factors();
        Part part = new Part(changed, EditKind.LOWRANK, product.rank(), found.get().residual());
        return new Kept(part, Optional.of(product), Optional.empty());
      }
    }
    double rounding = Fp16Scale.rounding(delta);
    boolean half = form.half() || rounding == 0;
    Part part = new Part(changed, EditKind.DELTA, 0, half ? rounding : 0);
    Delta lazy = new Delta(changed.shape(), () -> difference.delta(changed), half);
    return new Kept(part, Optional.empty(), Optional.of(lazy));
  }

  /** Bytes that a value takes at least: differences of 16-bit values may be halves. */
  private int smallest(ModelDiff.Changed changed) {
    return form.half() ? Short.BYTES : difference.dtype(changed.target()).bytes();
  }

  private static void checkSize(long bytes) throws PatchFormatException {
    if (bytes > PatchWriter.CAPACITY) {
      throw new PatchFormatException(
          PatchError.SIZE_LIMIT,
          "the difference",
          Message.of(
              "needs %s bytes or more in full, and a patch holds %s; store it as halves (--fp16),"
                  + " or take products of thin factors: --as lowrank --rank 32, or --energy 0.99",
              bytes, PatchWriter.CAPACITY));
    }
  }
}

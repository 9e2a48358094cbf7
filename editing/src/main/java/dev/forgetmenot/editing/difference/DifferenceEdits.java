package dev.forgetmenot.editing.difference;

import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.patch.Delta;
import dev.forgetmenot.patch.DeltaEdit;
import dev.forgetmenot.patch.LowRank;
import dev.forgetmenot.patch.LowRankEdit;
import dev.forgetmenot.patch.PatchEdit;
import dev.forgetmenot.patch.PatchError;
import dev.forgetmenot.patch.PatchFormatException;
import dev.forgetmenot.patch.PatchWriter;
import dev.forgetmenot.patch.ProjectorEdit;
import dev.forgetmenot.patch.Sides;
import dev.forgetmenot.patch.TargetPattern;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
public final class DifferenceEdits {
  /**
   * How one tensor is kept.
   *
   * @param changed what changed
   * @param kind the word of the edit's kind
   * @param rank of the product, or directions of the input's change; 0 in full
   * @param residual the norm of what the edit leaves
   */
  public record Part(Difference.Changed changed, String kind, int rank, double residual) {
    /** Component and block. */
    public String block() {
      return Target.block(changed.target());
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

  private final Difference difference;
  private final DifferenceForm form;
  private final String label;
  private final JobContext context;
  private final List<PatchEdit> edits = new ArrayList<>();
  private final Map<String, Part> parts = new TreeMap<>();
  private final List<String> findings = new ArrayList<>();

  private DifferenceEdits(
      Difference difference, DifferenceForm form, String label, JobContext context) {
    this.difference = difference;
    this.form = form;
    this.label = label;
    this.context = context;
  }

  /**
   * Works out the edits.
   *
   * @param label what a change of the input is called in the patch
   * @param context is told how far it has come, and may stop it
   * @throws IOException if nothing differs, the form does not fit, or a patch cannot hold it
   */
  public static Result of(
      Difference difference, DifferenceForm form, String label, JobContext context)
      throws IOException {
    if (difference.changed().isEmpty()) {
      throw new IOException("nothing differs but for the rounding of the files: there is no patch");
    }
    return new DifferenceEdits(difference, form, label, context).run();
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
              + "; take --as lowrank or --as delta");
    }
    rest();
    return new Result(edits, new ArrayList<>(parts.values()), findings);
  }

  /** Keys and values together where both changed, or else each for itself. */
  private void closedForms() throws IOException {
    boolean both = !changed(Sides.K).isEmpty() && !changed(Sides.V).isEmpty();
    if (!both || !search(Sides.KV)) {
      search(Sides.K);
      search(Sides.V);
    }
  }

  private List<Difference.Changed> changed(Sides sides) {
    return difference.changed().stream().filter(c -> matches(sides, c.target())).toList();
  }

  private boolean search(Sides sides) throws IOException {
    List<Difference.Changed> changed = changed(sides);
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
    int rank = edit.edit().left().count();
    boolean taken =
        edit.explains() || (form.kind() == DifferenceForm.Kind.CLOSEDFORM && form.chosen());
    findings.add(
        String.format(
            Locale.ROOT,
            "%s: one change of the input of rank %d leaves %.3g of the difference %.3g (%.3g %%);"
                + " rounding alone makes %.3g%s",
            what,
            rank,
            edit.residual(),
            edit.norm(),
            100 * edit.residual() / edit.norm(),
            edit.noise(),
            taken ? "" : "; that is not the whole difference"));
    if (taken) {
      edits.add(edit.edit());
      for (Difference.Changed c : changed) {
        parts.put(c.target(), new Part(c, ProjectorEdit.KIND, rank, edit.left().get(c.target())));
      }
    }
    return taken;
  }

  private static boolean matches(Sides sides, String target) {
    return sides.targets().stream().anyMatch(text -> new TargetPattern(text).matches(target));
  }

  /** The patterns of all cross attentions if all of their sides changed, else the names. */
  private List<String> patterns(List<Difference.Changed> changed) {
    Set<String> named = new TreeSet<>();
    changed.forEach(c -> named.add(c.target()));
    for (Sides sides : Sides.values()) {
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
    List<Difference.Changed> rest =
        difference.changed().stream().filter(c -> !parts.containsKey(c.target())).toList();
    if (form.kind() == DifferenceForm.Kind.DELTA) {
      checkSize(rest);
    }
    Map<String, LowRank> factors = new TreeMap<>();
    Map<String, Delta> deltas = new TreeMap<>();
    List<Difference.Changed> full = new ArrayList<>();
    int done = 0;
    for (Difference.Changed changed : rest) {
      context.checkCancelled();
      Optional<FactoredDelta> factored = factored(changed);
      if (factored.isPresent()) {
        LowRank product = factored.get().factors();
        factors.put(changed.target(), product);
        parts.put(
            changed.target(),
            new Part(changed, LowRankEdit.KIND, product.rank(), factored.get().residual()));
      } else {
        full.add(changed);
        checkSize(full);
      }
      context.progress("difference", ++done, rest.size());
    }
    for (Difference.Changed changed : full) {
      deltas.put(changed.target(), delta(changed));
    }
    if (!factors.isEmpty()) {
      edits.add(new LowRankEdit(factors));
    }
    if (!deltas.isEmpty()) {
      edits.add(new DeltaEdit(deltas));
    }
  }

  private Optional<FactoredDelta> factored(Difference.Changed changed) throws IOException {
    if (!changed.factored() || form.kind() == DifferenceForm.Kind.DELTA) {
      return Optional.empty();
    }
    double[] delta = difference.delta(changed.target());
    return form.kind() == DifferenceForm.Kind.LOWRANK || form.chosen()
        ? Optional.of(FactoredDelta.of(changed.shape(), delta, changed.noise(), form))
        : FactoredDelta.ifThin(changed.shape(), delta, changed.noise());
  }

  private Delta delta(Difference.Changed changed) throws IOException {
    double[] delta = difference.delta(changed.target());
    float[] values = new float[delta.length];
    double[] rounded = new double[delta.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) delta[i];
      rounded[i] = values[i];
    }
    double residual = Residual.of(delta, rounded);
    parts.put(changed.target(), new Part(changed, DeltaEdit.KIND, 0, residual));
    return new Delta(changed.shape(), values);
  }

  private static void checkSize(List<Difference.Changed> full) throws PatchFormatException {
    long bytes = full.stream().mapToLong(Difference.Changed::size).sum() * Float.BYTES;
    if (bytes > PatchWriter.CAPACITY) {
      throw new PatchFormatException(
          PatchError.SIZE_LIMIT,
          full.get(full.size() - 1).target(),
          "the difference in full needs more than "
              + PatchWriter.CAPACITY
              + " bytes; take products of thin factors: --as lowrank --rank 32, or --energy 0.99");
    }
  }
}

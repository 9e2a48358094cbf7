package dev.forgetmenot.patching.stack;

import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.edit.ClosedFormEdit;
import dev.forgetmenot.patch.edit.DeltaEdit;
import dev.forgetmenot.patch.edit.EditDescriptor;
import dev.forgetmenot.patch.edit.LowRankEdit;
import dev.forgetmenot.patch.edit.ProjectorEdit;
import dev.forgetmenot.patch.edit.RowsEdit;
import dev.forgetmenot.patch.edit.TargetPattern;
import dev.forgetmenot.patch.edit.TokensEdit;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which tensors of a base a patch changes: all that it names or that match its patterns, each with
 * a shape that fits.
 */
final class PatchTargets {
  private static final String EMBEDDING = "text_model.embeddings.token_embedding.weight";

  private final PatchFile patch;
  private final BaseTensors base;
  private final Map<String, List<String>> targets = new TreeMap<>();
  private final List<String> missing = new ArrayList<>();
  private final List<String> otherShape = new ArrayList<>();

  private PatchTargets(PatchFile patch, BaseTensors base) {
    this.patch = patch;
    this.base = base;
  }

  /**
   * Finds and checks them.
   *
   * @return by the id of the edit: full names, sorted
   * @throws PatchFormatException FMN-502 or 503, naming the tensors
   */
  static Map<String, List<String>> of(PatchFile patch, BaseTensors base)
      throws PatchFormatException {
    PatchTargets found = new PatchTargets(patch, base);
    for (Manifest.Edit edit : patch.manifest().edits()) {
      found.add(edit);
    }
    found.refuse(found.missing, PatchError.TENSOR_MISSING, "the model has no ");
    found.refuse(
        found.otherShape, PatchError.BASE_SHAPE, "the model's tensors have other shapes: ");
    found.checkCounts();
    return found.targets;
  }

  private void add(Manifest.Edit edit) {
    TreeSet<String> names = new TreeSet<>();
    for (String changed : edit.content().changed()) {
      List<String> matches = new TargetPattern(changed).among(names(edit.component()));
      if (matches.isEmpty()) {
        missing.add(changed);
      }
      names.addAll(matches);
    }
    targets.put(edit.id(), List.copyOf(names));
    edit.content().accept(new Shapes(edit, names));
  }

  /** The names of a component's tensors; none of a component that the base has not. */
  private Set<String> names(String component) {
    return base.components().contains(component) ? base.names(component) : Set.of();
  }

  /** Checks that what an edit changes has the shape that it says. */
  private final class Shapes implements EditDescriptor.Visitor<Void, RuntimeException> {
    private final Manifest.Edit edit;
    private final Set<String> names;

    private Shapes(Manifest.Edit edit, Set<String> names) {
      this.edit = edit;
      this.names = names;
    }

    @Override
    public Void visit(DeltaEdit.Descriptor deltas) {
      return listed(deltas);
    }

    @Override
    public Void visit(LowRankEdit.Descriptor lowRanks) {
      return listed(lowRanks);
    }

    @Override
    public Void visit(RowsEdit.Descriptor rows) {
      return listed(rows);
    }

    @Override
    public Void visit(ProjectorEdit.Descriptor projector) {
      return wide(projector.width());
    }

    @Override
    public Void visit(ClosedFormEdit.Descriptor closedForm) {
      return wide(closedForm.width());
    }

    @Override
    public Void visit(TokensEdit.Descriptor tokens) {
      Map<String, Long> widths = new LinkedHashMap<>(); // by table of a text encoder
      for (String component : base.components()) {
        if (base.names(component).contains(EMBEDDING)) {
          widths.put(component + "/" + EMBEDDING, base.shape(component, EMBEDDING)[1]);
        }
      }
      if (widths.values().stream().mapToLong(Long::longValue).sum() != tokens.width()) {
        otherShape.add(
            Message.of(
                "%s with rows of %s instead of %s%s",
                String.join(" and ", widths.keySet()),
                widths.values().stream().map(String::valueOf).collect(Collectors.joining(" and ")),
                tokens.width(),
                widths.size() > 1 ? " together" : ""));
      }
      return null;
    }

    private Void listed(EditDescriptor.OfTensors<?> content) {
      content.targets().forEach(t -> checkShape(edit, t.target(), t.shape()));
      return null;
    }

    private Void wide(int width) {
      names.forEach(name -> checkWidth(edit, name, width));
      return null;
    }
  }

  private void checkShape(Manifest.Edit edit, String target, List<Long> shape) {
    String name = target.substring(edit.component().length() + 1);
    if (names(edit.component()).contains(name)) {
      List<Long> found = Arrays.stream(base.shape(edit.component(), name)).boxed().toList();
      if (!found.equals(shape)) {
        otherShape.add(target + " " + found + " instead of " + shape);
      }
    }
  }

  /** A weight (out, width). */
  private void checkWidth(Manifest.Edit edit, String target, int width) {
    long[] shape = base.shape(edit.component(), target.substring(edit.component().length() + 1));
    if (shape.length != 2 || shape[1] != width) {
      otherShape.add(target + " " + Arrays.toString(shape) + " instead of rows of " + width);
    }
  }

  /** A pattern says nothing of how many tensors it stands for; the base of the patch does. */
  private void checkCounts() throws PatchFormatException {
    Map<String, Set<String>> touched = touched(patch.manifest(), targets);
    for (Map.Entry<String, Set<String>> entry : touched.entrySet()) {
      int expected = patch.manifest().base().components().get(entry.getKey()).touched();
      if (entry.getValue().size() != expected) {
        throw new PatchFormatException(
            PatchError.TENSOR_MISSING,
            patch.path().toString(),
            Message.of(
                "the patch was made for %s tensors of %s, and %s fit its patterns in %s",
                expected, entry.getKey(), entry.getValue().size(), base.source(entry.getKey())));
      }
    }
  }

  /** Names without the component, by component. */
  static Map<String, Set<String>> touched(
      Manifest manifest, Map<String, List<String>> targetsOfEdit) {
    Map<String, Set<String>> touched = new TreeMap<>();
    for (Manifest.Edit edit : manifest.edits()) {
      for (String target : targetsOfEdit.get(edit.id())) {
        touched
            .computeIfAbsent(edit.component(), c -> new TreeSet<>())
            .add(target.substring(edit.component().length() + 1));
      }
    }
    return touched;
  }

  private void refuse(List<String> names, PatchError error, String what)
      throws PatchFormatException {
    if (names.isEmpty()) {
      return;
    }
    throw new PatchFormatException(
        error,
        patch.path().toString(),
        what
            + Message.some(names)
            + "; it fits the base '"
            + patch.manifest().base().label()
            + "', not the model in "
            + base.source("unet"));
  }
}

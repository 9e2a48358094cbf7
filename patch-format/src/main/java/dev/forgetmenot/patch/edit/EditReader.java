package dev.forgetmenot.patch.edit;

import dev.forgetmenot.safetensors.StoredFloats;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Puts an edit together again from the manifest's words and its tensors, both of them checked. */
public record EditReader(EditTensors tensors)
    implements EditDescriptor.Visitor<PatchEdit, IOException> {
  @Override
  public PatchEdit visit(EditDescriptor.Deltas deltas) {
    Map<String, Delta> values = new TreeMap<>();
    for (EditDescriptor.Target target : deltas.targets()) {
      values.put(
          target.target(),
          new Delta(
              array(target.shape()), () -> delta(target, tensors), target.scale().isPresent()));
    }
    return new DeltaEdit(values);
  }

  @Override
  public PatchEdit visit(EditDescriptor.RowTargets rows) throws IOException {
    Map<String, SelectedRows> selected = new TreeMap<>();
    for (EditDescriptor.RowTarget target : rows.targets()) {
      selected.put(target.target(), rows(target, tensors));
    }
    return new RowsEdit(selected);
  }

  @Override
  public PatchEdit visit(EditDescriptor.LowRanks lowRanks) throws IOException {
    Map<String, LowRank> factors = new TreeMap<>();
    for (EditDescriptor.Factors target : lowRanks.targets()) {
      factors.put(target.target(), lowRank(target, tensors));
    }
    return new LowRankEdit(factors);
  }

  @Override
  public PatchEdit visit(EditDescriptor.Projector p) throws IOException {
    return new ProjectorEdit(
        p.concept(),
        tensors.rows(p.concept() + DeclaredTensor.LEFT),
        tensors.rows(p.concept() + DeclaredTensor.RIGHT),
        p.patterns());
  }

  @Override
  public PatchEdit visit(EditDescriptor.Tokens content) throws IOException {
    Map<String, Rows> tokens = new TreeMap<>();
    for (EditDescriptor.Token token : content.tokens()) {
      tokens.put(token.token(), tensors.rows(token.token() + DeclaredTensor.EMBEDDING));
    }
    return new TokensEdit(tokens);
  }

  public static float[] delta(EditDescriptor.Target target, EditTensors tensors)
      throws IOException {
    float[] values = tensors.values(target.target() + DeclaredTensor.DELTA);
    target
        .scale()
        .ifPresent(
            scale -> {
              for (int i = 0; i < values.length; i++) {
                values[i] = Fp16Scale.value(values[i], scale);
              }
            });
    return values;
  }

  public static StoredFloats storedDelta(EditDescriptor.Target target, EditTensors tensors)
      throws IOException {
    return tensors.stored(target.target() + DeclaredTensor.DELTA, target.scale().orElse(1.0));
  }

  public static SelectedRows rows(EditDescriptor.RowTarget target, EditTensors tensors)
      throws IOException {
    return new SelectedRows(
        array(target.shape()),
        tensors.index(target.target() + DeclaredTensor.INDEX, target.shape().get(0)),
        tensors.rows(target.target() + DeclaredTensor.ROWS));
  }

  public static LowRank lowRank(EditDescriptor.Factors factors, EditTensors tensors)
      throws IOException {
    return new LowRank(
        array(factors.shape()),
        factors.rank(),
        factors.alpha(),
        tensors.values(factors.target() + DeclaredTensor.DOWN),
        tensors.values(factors.target() + DeclaredTensor.UP));
  }

  @Override
  public PatchEdit visit(EditDescriptor.ClosedForm content) throws IOException {
    List<ClosedFormEdit.Concept> concepts = new ArrayList<>();
    for (EditDescriptor.Columns columns : content.concepts()) {
      String label = columns.label();
      Optional<Rows> preserve =
          columns.preserved() == 0
              ? Optional.empty()
              : Optional.of(tensors.rows(label + DeclaredTensor.PRESERVE));
      concepts.add(
          new ClosedFormEdit.Concept(
              label,
              tensors.rows(label + DeclaredTensor.TARGET),
              tensors.rows(label + DeclaredTensor.GUIDE),
              preserve));
    }
    return new ClosedFormEdit(
        concepts,
        content.lambda(),
        content.eraseScale(),
        content.preserveScale(),
        content.sides(),
        content.patterns());
  }

  private static long[] array(List<Long> shape) {
    return shape.stream().mapToLong(Long::longValue).toArray();
  }
}

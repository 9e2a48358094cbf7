package dev.forgetmenot.patching.stack;

import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.edit.ClosedFormEdit;
import dev.forgetmenot.patch.edit.DeltaEdit;
import dev.forgetmenot.patch.edit.ErasedConcept;
import dev.forgetmenot.patch.edit.LowRankEdit;
import dev.forgetmenot.patch.edit.PatchEdit;
import dev.forgetmenot.patch.edit.ProjectorEdit;
import dev.forgetmenot.patch.edit.RowsEdit;
import dev.forgetmenot.patch.edit.TokensEdit;
import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Text embeddings by which to see what becomes of a patch's erasure: what it changes, and what that
 * should become. Of a closed form its targets and guides; of a projector the directions that it
 * takes away, and what it makes of them alone.
 *
 * @param columns C (d × n)
 * @param wanted what each becomes (d × n)
 * @param targets full names of the weights that are edited so
 */
record ErasureProbe(Matrix columns, Matrix wanted, Set<String> targets) {
  ErasureProbe {
    targets = Set.copyOf(targets);
  }

  /** Those of a patch at its strength; none if it is not of text embeddings. */
  static List<ErasureProbe> of(StackedPatch layer, Map<String, List<String>> targets)
      throws IOException {
    List<ErasureProbe> probes = new ArrayList<>();
    for (Manifest.Edit edit : layer.edits()) {
      Set<String> changed = Set.copyOf(targets.get(edit.id()));
      if (edit.boundByTextEncoder()) { // the others' values are not read for nothing
        probes.addAll(layer.file().edit(edit).accept(new Probes(layer.strength(), changed)));
      }
    }
    return probes;
  }

  /** Those of one edit. */
  private record Probes(double strength, Set<String> changed)
      implements PatchEdit.Visitor<List<ErasureProbe>, RuntimeException> {
    @Override
    public List<ErasureProbe> visit(ClosedFormEdit edit) {
      List<ErasureProbe> probes = new ArrayList<>();
      for (ErasedConcept concept : edit.concepts()) {
        Matrix c = TextEdits.columns(concept.target());
        Matrix way = TextEdits.columns(concept.guide()).minus(c);
        probes.add(new ErasureProbe(c, c.plus(way.times(strength)), changed));
      }
      return probes;
    }

    @Override
    public List<ErasureProbe> visit(ProjectorEdit edit) {
      InputUpdate alone = TextEdits.of(edit).times(strength);
      Matrix c = TextEdits.columns(edit.left());
      return List.of(new ErasureProbe(c, alone.of(c), changed));
    }

    @Override
    public List<ErasureProbe> visit(DeltaEdit edit) {
      return List.of();
    }

    @Override
    public List<ErasureProbe> visit(LowRankEdit edit) {
      return List.of();
    }

    @Override
    public List<ErasureProbe> visit(RowsEdit edit) {
      return List.of();
    }

    @Override
    public List<ErasureProbe> visit(TokensEdit edit) {
      return List.of();
    }
  }
}

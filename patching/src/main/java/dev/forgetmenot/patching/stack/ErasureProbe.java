package dev.forgetmenot.patching.stack;

import dev.forgetmenot.patch.ClosedFormEdit;
import dev.forgetmenot.patch.EditDescriptor;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.ProjectorEdit;
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

  /** Those of a patch at its strength; none if it speaks of no text. */
  static List<ErasureProbe> of(StackedPatch layer, Map<String, List<String>> targets)
      throws IOException {
    List<ErasureProbe> probes = new ArrayList<>();
    for (Manifest.Edit edit : layer.edits()) {
      Set<String> changed = Set.copyOf(targets.get(edit.id()));
      if (edit.content() instanceof EditDescriptor.ClosedForm) {
        for (ClosedFormEdit.Concept concept :
            ((ClosedFormEdit) layer.file().edit(edit)).concepts()) {
          Matrix c = TextEdits.columns(concept.target());
          Matrix way = TextEdits.columns(concept.guide()).minus(c);
          probes.add(new ErasureProbe(c, c.plus(way.times(layer.strength())), changed));
        }
      } else if (edit.content() instanceof EditDescriptor.Projector) {
        ProjectorEdit projector = (ProjectorEdit) layer.file().edit(edit);
        InputUpdate alone = TextEdits.of(projector).times(layer.strength());
        Matrix c = TextEdits.columns(projector.left());
        probes.add(new ErasureProbe(c, alone.of(c), changed));
      }
    }
    return probes;
  }
}

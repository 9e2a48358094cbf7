package dev.forgetmenot.studio.edit;

import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.ConceptEditor.Operation;
import dev.forgetmenot.host.evaluate.EvaluationSetup;
import dev.forgetmenot.host.evaluate.PrototypeImages;
import java.util.List;

/**
 * Methods that a test gives, and nothing that judges.
 *
 * @param editors of all operations
 */
public record FixedEdits(List<ConceptEditor> editors) implements EditSource {
  @Override
  public List<ConceptEditor> editors(Operation operation) {
    return editors.stream().filter(editor -> editor.operation() == operation).toList();
  }

  @Override
  public EvaluationSetup judging() {
    return EvaluationSetup.NONE;
  }

  @Override
  public PrototypeImages second() {
    throw new IllegalStateException("nothing judges here");
  }
}

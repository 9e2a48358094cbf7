package dev.forgetmenot.studio.edit;

import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.ConceptEditor.Operation;
import dev.forgetmenot.host.evaluate.EvaluationSetup;
import dev.forgetmenot.host.evaluate.PrototypeImages;
import java.io.IOException;
import java.util.List;

/** What edits need beside the model. Any thread. */
public interface EditSource {
  /** The methods of plugins, the default first; none before the model is loaded. */
  List<ConceptEditor> editors(Operation operation);

  /**
   * What judges images of the model, and what it is known to draw.
   *
   * @throws IOException if a file is missing or broken
   */
  EvaluationSetup judging() throws IOException;

  /**
   * The images of the second judge.
   *
   * @throws IOException if the model cannot be found
   */
  PrototypeImages second() throws IOException;
}

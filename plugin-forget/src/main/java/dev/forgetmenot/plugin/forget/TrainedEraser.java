package dev.forgetmenot.plugin.forget;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.kit.Tool;
import dev.forgetmenot.kit.train.TrainedEditor;
import dev.forgetmenot.patching.PatchName;
import java.util.List;

/** An editor that forgets by training. */
abstract class TrainedEraser extends TrainedEditor {
  /** The method's name in a sentence. */
  abstract String method();

  @Override
  public final Operation operation() {
    return Operation.FORGET;
  }

  @Override
  protected final String description(List<Concept> concepts) {
    return "Forgets " + PatchName.inWords(concepts) + " by " + method() + ".";
  }

  @Override
  protected final Tool tool() {
    return ForgetTool.TOOL;
  }
}

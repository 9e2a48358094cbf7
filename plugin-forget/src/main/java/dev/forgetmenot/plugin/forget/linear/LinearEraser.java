package dev.forgetmenot.plugin.forget.linear;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.kit.Tool;
import dev.forgetmenot.kit.solve.SolverEditor;
import dev.forgetmenot.patching.PatchName;
import dev.forgetmenot.plugin.forget.ForgetTool;
import java.util.List;

/** An editor that forgets by a solve. */
abstract class LinearEraser extends SolverEditor {
  @Override
  public final Operation operation() {
    return Operation.FORGET;
  }

  @Override
  protected final String description(List<Concept> concepts) {
    return "Forgets " + PatchName.inWords(concepts) + " by the solved eraser " + name() + ".";
  }

  @Override
  protected final Tool tool() {
    return ForgetTool.TOOL;
  }
}

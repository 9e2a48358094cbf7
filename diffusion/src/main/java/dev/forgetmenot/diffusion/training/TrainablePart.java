package dev.forgetmenot.diffusion.training;

import dev.forgetmenot.diffusion.weights.ModelParameter;
import dev.forgetmenot.patch.edit.LowRank;
import java.util.Map;
import java.util.function.Supplier;

/** What a session trains. For the engine thread. */
interface TrainablePart {
  /** The trained cells by name, in a fixed order. */
  Map<String, ModelParameter> parameters();

  /** Cells of one group are reached by a loss together. */
  String group(String name);

  /** Does work with the model as it was before. */
  <T> T withBase(Supplier<T> work);

  Map<String, LowRank> adapters();

  /** Makes everything constant again. */
  void settle();
}

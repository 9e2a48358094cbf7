package dev.forgetmenot.host.plugin;

import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.ImageClassifierProvider;
import dev.forgetmenot.api.evaluation.Attack;
import dev.forgetmenot.api.evaluation.Evaluator;
import dev.forgetmenot.api.model.ModelExtension;
import dev.forgetmenot.api.sampling.SamplerProvider;
import dev.forgetmenot.api.sampling.SamplingExtension;
import java.util.List;

/** What plugins may bring. */
final class ExtensionPoints {
  /** In the order in which reports name them. */
  static final List<Class<?>> ALL =
      List.of(
          ModelExtension.class,
          SamplingExtension.class,
          SamplerProvider.class,
          ConceptEditor.class,
          Evaluator.class,
          Attack.class,
          ImageClassifierProvider.class);

  private ExtensionPoints() {}
}

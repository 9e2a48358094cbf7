package org.example.fmn;

import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.NamedWeights;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.patch.edit.Delta;
import dev.forgetmenot.patch.edit.DeltaEdit;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchDraft;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pf4j.Extension;

/**
 * Takes the direction d in which a concept's text embedding differs from a neutral one out of what
 * the cross attention reads: W' = W(I − s·ddᵀ/|d|²) for its keys and values. Blunt, and done in a
 * second: whatever else uses that direction is changed too.
 */
// begin: editor
@Extension
public final class DirectionAblation implements ConceptEditor {
  @Override
  public String name() {
    return "direction";
  }

  @Override
  public Operation operation() {
    return Operation.FORGET;
  }

  @Override
  public String summary() {
    return "Direction ablation: takes the concept's direction out of what cross attention reads.";
  }

  @Override
  public List<SettingSpec> parameters() {
    return List.of(
        SettingSpec.text(
            "template", SettingSpec.Type.TEXT, "a photo of {}", "Prompt; {} is the concept."),
        SettingSpec.text(
            "neutral", SettingSpec.Type.TEXT, "a person", "What the concept is told from."),
        SettingSpec.number("scale", 1, 0, 2, "How much of the direction is taken out."));
  }

  @Override
  public PatchDraft edit(
      List<Concept> concepts, Settings values, DiffusionModel model, JobContext context) {
    // end
    if (concepts.size() != 1) {
      throw new IllegalArgumentException("this takes out one concept, not " + concepts.size());
    }
    String concept = concepts.get(0).name();
    String template = values.text("template");
    String prompt = template.replace("{}", concept);
    double[] direction = lastWord(model, prompt);
    double[] neutral = lastWord(model, template.replace("{}", values.text("neutral")));
    double square = 0;
    for (int i = 0; i < direction.length; i++) {
      direction[i] -= neutral[i];
      square += direction[i] * direction[i];
    }
    if (square == 0) {
      throw new IllegalArgumentException(
          "the model reads '" + concept + "' as '" + values.text("neutral") + "': choose another");
    }
    Map<String, Delta> deltas = new TreeMap<>();
    NamedWeights weights = model.weights();
    List<String> targets =
        weights.names().stream().filter(n -> n.matches("unet/.*attn2\\.to_[kv]\\.weight")).toList();
    for (String target : targets) {
      context.checkCancelled();
      deltas.put(target, delta(weights, target, direction, values.number("scale") / square));
      context.progress("ablating", deltas.size(), targets.size());
    }
    return new PatchDraft(
        "forget-direction",
        "Forgets '" + concept + "' by direction ablation.",
        new Manifest.Intent(
            "forget", List.of(new Manifest.IntentConcept(concept, concepts.get(0).kind().word(), List.of(prompt)))),
        List.of(new DeltaEdit(deltas)),
        new Manifest.Recipe(
            name(), values.all(), 0, 0, "third-party-plugin", "1.0.0", List.of()),
        List.of(),
        Map.of());
  }

  /** The text embedding (d) of a prompt's last word. */
  private static double[] lastWord(DiffusionModel model, String text) {
    TokenizedPrompt prompt = model.tokenize(text);
    try (TextCondition condition = model.encodePrompts(List.of(prompt))) {
      float[] all = condition.context().toFloatArray();
      int width = (int) condition.context().getShape().get(2);
      double[] row = new double[width];
      for (int i = 0; i < width; i++) {
        row[i] = all[(prompt.endPosition() - 1) * width + i];
      }
      return row;
    }
  }

  /** −factor · (W d) dᵀ. */
  private static Delta delta(NamedWeights weights, String name, double[] d, double factor) {
    long[] shape = weights.shape(name);
    float[] values = weights.base(name);
    for (int row = 0; row < shape[0]; row++) {
      double product = 0;
      for (int i = 0; i < d.length; i++) {
        product += values[row * d.length + i] * d[i];
      }
      for (int i = 0; i < d.length; i++) {
        values[row * d.length + i] = (float) (-factor * product * d[i]);
      }
    }
    return new Delta(shape, values);
  }
}

package dev.forgetmenot.forget;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.patch.Delta;
import dev.forgetmenot.patch.DeltaEdit;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchDraft;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes down how a concept was forgotten.
 *
 * @param digests of the training pictures
 */
record ResteeringDraft(
    ResteeringSettings settings, Concept concept, String prompt, List<String> digests) {

  PatchDraft of(String method, Map<String, Delta> deltas) {
    return new PatchDraft(
        PatchName.of(List.of(concept)),
        "Forgets '" + concept.name() + "' by attention re-steering.",
        new Manifest.Intent(
            "forget",
            List.of(new Manifest.Concept(concept.name(), concept.kind().word(), List.of(prompt)))),
        List.of(new DeltaEdit(deltas)),
        recipe(method),
        List.of(),
        Map.of());
  }

  private Manifest.Recipe recipe(String method) {
    Map<String, String> parameters = new TreeMap<>(settings.values().all());
    parameters.remove("images"); // where they lay says nothing elsewhere; the digests name them
    parameters.put("pictures-from", source());
    parameters.put("end-of-text", settings.endOfText().word());
    parameters.put("template", settings.template(concept.kind()).text());
    parameters.put("learning-rate", Double.toString(settings.learningRate()));
    parameters.put("optimizer", "adamw, betas 0.9 and 0.999, eps 1e-8, batch 1");
    return new Manifest.Recipe(
        method,
        parameters,
        settings.seed(),
        settings.steps(),
        "plugin-forget",
        ToolVersion.current(),
        digests);
  }

  private String source() {
    if (settings.noRealImage()) {
      return "none";
    }
    return settings.images().isPresent() ? "folder" : "the model";
  }
}

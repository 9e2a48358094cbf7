package dev.forgetmenot.host.invert;

import dev.forgetmenot.host.HostVersions;
import dev.forgetmenot.kit.concept.PromptTemplate;
import dev.forgetmenot.kit.inversion.TextualInversionSettings;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.edit.TokensEdit;
import dev.forgetmenot.patching.PatchName;
import dev.forgetmenot.patching.embeddings.Embeddings;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes down how tokens were found, for a patch that carries them.
 *
 * @param digests of the images
 */
record TokensDraft(
    InversionRequest order, TextualInversionSettings settings, List<String> digests) {

  PatchDraft of(Embeddings tokens) {
    String label = label();
    return new PatchDraft(
        PatchName.slug("tokens " + label),
        "Adds the tokens " + tokens.phrase() + ", found by concept inversion.",
        new Manifest.Intent(
            "correct",
            List.of(
                new Manifest.IntentConcept(
                    label,
                    order.kind().word(),
                    List.of(PromptTemplate.of(order.kind()).with(tokens.phrase()))))),
        List.of(new TokensEdit(tokens.tokens())),
        recipe(),
        List.of(),
        Map.of());
  }

  /** The name of the folder that the images lie in. */
  private String label() {
    return String.valueOf(order.images().toAbsolutePath().normalize().getFileName());
  }

  private Manifest.Recipe recipe() {
    Map<String, String> parameters = new TreeMap<>(order.values().all());
    parameters.put("optimizer", "adamw, betas 0.9 and 0.999, eps 1e-8, batch 1");
    return new Manifest.Recipe(
        "inversion",
        parameters,
        settings.seed(),
        Math.toIntExact(order.values().integer("steps")),
        "fmn",
        HostVersions.read().program(),
        digests);
  }
}

package dev.forgetmenot.studio.patch;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.forgetmenot.evaluation.statement.FoundStatement;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.PatchPreview;
import dev.forgetmenot.patching.trust.PatchVerifier;
import dev.forgetmenot.patching.trust.SignedPatch;
import dev.forgetmenot.patching.trust.TrustDecision;
import dev.forgetmenot.patching.trust.TrustState;
import dev.forgetmenot.patching.trust.TrustedKey;
import dev.forgetmenot.patching.trust.UnsignedPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a page says of a patch, as JSON without places on disk.
 *
 * @param trust says who signed it and what the user decided
 * @param architecture of the model that is served; empty while it is not loaded
 */
record PatchCard(PatchVerifier trust, Optional<String> architecture) {
  /**
   * Reads a patch.
   *
   * @param removable whether it was sent, and so may be changed here
   * @param hasKey whether the server can sign
   * @throws dev.forgetmenot.patch.error.PatchFormatException if it is broken, or a signature wrong
   */
  JsonObject of(Path file, boolean removable, boolean hasKey) throws IOException {
    try (PatchFile patch = PatchFile.open(file)) {
      Manifest manifest = patch.manifest();
      JsonObject card = new JsonObject();
      card.addProperty("id", patch.id());
      card.addProperty("name", SentPatches.nameOf(file));
      card.addProperty("title", manifest.name());
      card.addProperty("version", manifest.patchVersion());
      card.addProperty("description", manifest.description());
      card.addProperty("operation", manifest.intent().operation());
      card.add("concepts", concepts(manifest.intent().concepts()));
      card.addProperty("method", manifest.recipe().method());
      card.addProperty("created", manifest.created());
      card.addProperty("license", manifest.license());
      card.addProperty("bytes", patch.size());
      card.add("strength", strength(manifest.edits()));
      TrustState records = trust.store().read();
      card.add("trust", trust(patch, records));
      card.add("statements", statements(patch, records));
      card.add("base", base(manifest));
      card.add("previews", previews(manifest.previews()));
      card.addProperty("removable", removable);
      card.addProperty("signable", removable && hasKey && patch.signatures().isEmpty());
      return card;
    }
  }

  private static JsonArray concepts(List<Manifest.IntentConcept> concepts) {
    JsonArray all = new JsonArray();
    for (Manifest.IntentConcept concept : concepts) {
      JsonObject one = new JsonObject();
      one.addProperty("label", concept.label());
      one.addProperty("kind", concept.kind());
      all.add(one);
    }
    return all;
  }

  /** Without the images: they are files of their own, numbered as they stand here. */
  private static JsonArray previews(List<PatchPreview> previews) {
    JsonArray all = new JsonArray();
    for (PatchPreview preview : previews) {
      JsonObject one = new JsonObject();
      one.addProperty("side", preview.side().word());
      one.addProperty("prompt", preview.prompt());
      one.addProperty("seed", Long.toString(preview.seed()));
      one.addProperty("strength", preview.strength());
      all.add(one);
    }
    return all;
  }

  /** What all edits allow. */
  private static JsonObject strength(List<Manifest.Edit> edits) {
    JsonObject json = new JsonObject();
    json.addProperty(
        "min", edits.stream().mapToDouble(edit -> edit.strength().min()).max().orElse(0));
    json.addProperty(
        "max", edits.stream().mapToDouble(edit -> edit.strength().max()).min().orElse(1));
    json.addProperty("default", edits.get(0).strength().standard());
    return json;
  }

  private JsonObject trust(PatchFile patch, TrustState records) throws IOException {
    TrustDecision decision = TrustDecision.of(records, SignedPatch.of(patch, List.of()));
    UnsignedPolicy policy = trust.policy().orElse(records.unsigned());
    JsonObject json = new JsonObject();
    json.addProperty("words", words(decision));
    json.addProperty("trusted", decision.problem().isEmpty());
    json.addProperty("refused", decision.refusedUnder(policy));
    decision.problem().ifPresent(problem -> json.addProperty("code", problem.code()));
    return json;
  }

  /** What lies beside the patch and is of it; files that cannot be used are left out. */
  private static JsonArray statements(PatchFile patch, TrustState records) throws IOException {
    JsonArray all = new JsonArray();
    for (FoundStatement found :
        FoundStatement.beside(patch.path(), patch.id(), records.knownKeys())) {
      if (found.result().isPresent()) {
        Optional<TrustedKey> signer =
            found.signers().stream().flatMap(key -> records.trusted(key.id()).stream()).findFirst();
        JsonObject one = new JsonObject();
        one.addProperty(
            "words",
            signer.map(TrustedKey::label).orElse("a key that you do not trust")
                + " says: "
                + found.summary());
        one.addProperty("trusted", signer.isPresent());
        all.add(one);
      }
    }
    return all;
  }

  private static String words(TrustDecision decision) {
    if (decision.problem().isEmpty()) {
      return "signed by " + decision.signer().orElseThrow().label();
    }
    return switch (decision.problem().get()) {
      case UNSIGNED -> "not signed";
      case UNKNOWN_KEY -> "signed by a key that you do not know";
      case REVOKED -> "revoked by you";
      case PIN_CHANGED -> "the name belongs to another key";
      default -> decision.why();
    };
  }

  private JsonObject base(Manifest manifest) {
    JsonObject json = new JsonObject();
    json.addProperty("label", manifest.base().label());
    json.addProperty("architecture", manifest.architecture());
    architecture.ifPresent(
        served -> json.addProperty("fits", served.equals(manifest.architecture())));
    return json;
  }
}

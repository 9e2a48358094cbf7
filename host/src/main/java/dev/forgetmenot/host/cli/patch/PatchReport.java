package dev.forgetmenot.host.cli.patch;

import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.ByteSizes;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.PatchPreview;
import java.util.ArrayList;
import java.util.List;

/**
 * A patch for people.
 *
 * @param patch an open patch
 * @param all also every tensor with its digest
 */
record PatchReport(PatchFile patch, boolean all) {
  List<String> lines() {
    Manifest manifest = patch.manifest();
    List<String> lines = new ArrayList<>();
    line(lines, "patch", manifest.name() + " " + manifest.patchVersion());
    line(lines, "id", patch.id());
    line(lines, "what", manifest.description());
    for (Manifest.IntentConcept concept : manifest.intent().concepts()) {
      line(
          lines,
          manifest.intent().operation(),
          concept.label() + " (" + concept.kind() + "), under " + concept.prompts());
    }
    manifest.intent().reason().ifPresent(reason -> line(lines, "reason", reason));
    manifest.intent().requestedBy().ifPresent(who -> line(lines, "requested", "by " + who));
    line(lines, "size", ByteSizes.of(patch.size()));
    line(lines, "created", manifest.created() + by(manifest));
    if (!manifest.license().isEmpty()) {
      line(lines, "license", manifest.license());
    }
    stacking(lines, manifest.stacking());
    manifest
        .gate()
        .ifPresent(
            gate ->
                line(
                    lines,
                    "gate",
                    Message.of(
                        "%s: nothing up to %.3f, all from %.3f",
                        gate.kind(), gate.from(), gate.to())));
    base(lines, manifest);
    recipe(lines, manifest.recipe());
    edits(lines, manifest);
    for (Manifest.Evidence e : manifest.evidence()) {
      line(
          lines,
          "evidence",
          e.metric() + " under \"" + e.prompt() + "\": " + e.before() + " -> " + e.after());
    }
    for (PatchPreview preview : manifest.previews()) {
      line(
          lines,
          "image",
          Message.of(
              "%s, %s, \"%s\", seed %s, strength %s",
              preview.entry(),
              preview.side().word(),
              preview.prompt(),
              preview.seed(),
              preview.strength()));
    }
    patch
        .warnings()
        .forEach(what -> line(lines, "newer", what + ": ignored; it needs a newer fmn"));
    for (Manifest.Entry entry : manifest.entries()) {
      line(lines, "entry", entry.path() + ", " + ByteSizes.of(entry.size()));
      line(lines, "", "sha256 " + entry.sha256());
    }
    return lines;
  }

  private static void stacking(List<String> lines, Manifest.Stacking stacking) {
    stacking.requires().forEach(patch -> line(lines, "requires", patch));
    stacking.conflictsWith().forEach(patch -> line(lines, "conflicts", "with " + patch));
    stacking.supersedes().forEach(patch -> line(lines, "supersedes", patch));
  }

  private static String by(Manifest manifest) {
    return manifest.authors().isEmpty() ? "" : " by " + String.join(", ", manifest.authors());
  }

  private void base(List<String> lines, Manifest manifest) {
    Manifest.Base base = manifest.base();
    line(lines, "base", base.label() + ", " + manifest.architecture() + ", " + base.policy());
    base.components()
        .forEach(
            (name, component) -> {
              line(lines, "", name + ": " + component.touched() + " touched tensors");
              line(lines, "", "  exact " + component.exact());
              line(lines, "", "  f16   " + component.f16());
              if (all) {
                component
                    .leaves()
                    .forEach((tensor, leaf) -> line(lines, "", "  " + tensor + " f16 " + leaf));
              }
            });
    base.textEncoder()
        .ifPresent(
            roots -> {
              line(lines, "", "text encoder: all tensors");
              line(lines, "", "  exact " + roots.exact());
              line(lines, "", "  f16   " + roots.f16());
            });
    base.tokenizer()
        .ifPresent(
            tokenizer -> {
              line(lines, "tokenizer", "vocab.json " + tokenizer.vocabSha256());
              line(lines, "", "merges.txt " + tokenizer.mergesSha256());
            });
  }

  private static void recipe(List<String> lines, Manifest.Recipe recipe) {
    line(
        lines,
        "recipe",
        Message.of(
            "%s, %d steps, seed %d, by %s %s",
            recipe.method(), recipe.steps(), recipe.seed(), recipe.tool(), recipe.toolVersion()));
    recipe
        .parameters()
        .forEach((key, value) -> line(lines, "", key + " = " + Settings.inWords(value)));
    line(lines, "", recipe.trainingImages().size() + " training images");
  }

  private void edits(List<String> lines, Manifest manifest) {
    for (Manifest.Edit edit : manifest.edits()) {
      EditDescription report = new EditDescription(edit);
      line(lines, "edit", report.summary());
      report.facts().forEach(fact -> line(lines, "", fact));
      if (all) {
        report.details().forEach(detail -> line(lines, "", detail));
      }
    }
  }

  private static void line(List<String> lines, String key, String text) {
    lines.add(Message.of("%-10s %s", key, text));
  }
}

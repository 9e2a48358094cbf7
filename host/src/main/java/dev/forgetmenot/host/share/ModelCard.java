package dev.forgetmenot.host.share;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchPreview;
import dev.forgetmenot.patching.trust.SignedPatch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * README.md of a repository on the Hugging Face Hub: what the patch says of itself, and nothing
 * that it does not.
 *
 * @param manifest of the patch
 * @param signed its id, and who signed it
 * @param file the name of the patch in the folder
 * @param lora the same change as a LoRA, where there is one
 * @param baseModel the base's name on the Hub, where the user says it
 */
record ModelCard(
    Manifest manifest,
    SignedPatch signed,
    String file,
    Optional<Lora> lora,
    Optional<String> baseModel) {
  /**
   * A LoRA that is the patch exactly.
   *
   * @param file its name in the folder
   * @param ofBase whether that is so on the base alone with which it was made
   */
  record Lora(String file, boolean ofBase) {}

  private static final Map<String, String> POLICIES =
      Map.of(
          "exact", "the tensors that the patch changes must be these to the byte",
          "same-values", "the tensors that the patch changes must have these values",
          "same-text-encoder", "any base with this text encoder and tokenizer",
          "same-architecture", "others where who applies it asks for that");

  /** The place of an image in the folder. */
  static String image(int index) {
    return "images/" + index + ".png";
  }

  /** The whole page. */
  String text() {
    List<String> parts = new ArrayList<>();
    parts.add(FrontMatter.of(members()));
    parts.add("# " + Markdown.of(manifest.name()) + "\n");
    if (!manifest.description().isBlank()) {
      parts.add(Markdown.of(manifest.description()) + "\n");
    }
    if (!manifest.previews().isEmpty()) {
      parts.add("<Gallery />\n");
      parts.add(images());
    }
    parts.add(what());
    parts.add(use());
    parts.add(base());
    parts.add(measured());
    parts.add(signatures());
    parts.add(notClaimed());
    return String.join("\n", parts);
  }

  private Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>(HubLicense.members(manifest.license()));
    baseModel.ifPresent(
        id -> {
          members.put("base_model", id);
          members.put("base_model_relation", "adapter");
        });
    lora.ifPresent(file -> members.put("library_name", "diffusers"));
    members.put("pipeline_tag", "text-to-image");
    members.put("tags", tags());
    members.put("instance_prompt", Optional.empty());
    if (!manifest.previews().isEmpty()) {
      members.put(
          "widget", IntStream.range(0, manifest.previews().size()).mapToObj(this::widget).toList());
    }
    return members;
  }

  private List<String> tags() {
    List<String> tags = new ArrayList<>(List.of("text-to-image"));
    if (!manifest.architecture().equals("other")) {
      tags.add("stable-diffusion");
    }
    if (lora.isPresent()) {
      tags.addAll(List.of("stable-diffusion-diffusers", "diffusers", "lora", "template:sd-lora"));
    }
    tags.add(forgets() ? "concept-erasure" : "concept-correction");
    tags.add("fmnpatch");
    return tags;
  }

  private Map<String, Object> widget(int index) {
    PatchPreview preview = manifest.previews().get(index);
    String side =
        preview.side() == PatchPreview.Side.BEFORE
            ? "without the patch"
            : "with the patch at strength " + preview.strength();
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("text", preview.prompt() + " (" + side + ")");
    members.put("output", Map.of("url", image(index)));
    return members;
  }

  private boolean forgets() {
    return manifest.intent().operation().equals("forget");
  }

  /** Images of one prompt and seed beside each other. */
  private String images() {
    record Drawn(String prompt, long seed) {}
    Map<Drawn, String[]> rows = new LinkedHashMap<>();
    for (int i = 0; i < manifest.previews().size(); i++) {
      PatchPreview preview = manifest.previews().get(i);
      boolean before = preview.side() == PatchPreview.Side.BEFORE;
      String[] cells =
          rows.computeIfAbsent(
              new Drawn(preview.prompt(), preview.seed()), row -> new String[] {"", ""});
      cells[before ? 0 : 1] +=
          "![" + (before ? "without" : "with") + " the patch](" + image(i) + ")";
    }
    StringBuilder text =
        new StringBuilder("| prompt | seed | without the patch | with it |\n|---|---|---|---|\n");
    rows.forEach(
        (drawn, cells) ->
            text.append(
                Message.of(
                    "| %s | %s | %s | %s |\n",
                    Markdown.of(drawn.prompt()), drawn.seed(), cells[0], cells[1])));
    return text.toString();
  }

  private String what() {
    String concepts =
        manifest.intent().concepts().stream()
            .map(one -> "\"" + Markdown.of(one.label()) + "\" (" + one.kind() + ")")
            .collect(Collectors.joining(", "));
    StringBuilder text = new StringBuilder("## What it is\n\n");
    text.append("A patch for Stable Diffusion that lets a model ");
    text.append(forgets() ? "forget " : "correct ").append(concepts).append(".\n\n");
    line(text, "version", manifest.patchVersion());
    line(text, "id", '`' + signed.id() + '`');
    line(text, "format", ".fmnpatch 1." + manifest.version().minor());
    line(text, "method", Markdown.of(manifest.recipe().method()));
    line(text, "made", manifest.created());
    if (!manifest.authors().isEmpty()) {
      line(text, "by", Markdown.of(String.join(", ", manifest.authors())));
    }
    line(
        text,
        "licence",
        manifest.license().isBlank() ? "none is named" : Markdown.of(manifest.license()));
    return text.toString();
  }

  private String use() {
    StringBuilder text = new StringBuilder("## Use\n\nWith Forget-Me-Not (`fmn`):\n\n");
    text.append("    fmn patch inspect ").append(file).append('\n');
    text.append("    fmn generate \"a prompt\" --model BASE --patch ").append(file).append("\n\n");
    text.append("`BASE` is the folder or checkpoint of the base below. `--patch ").append(file);
    text.append(":0.5` applies half of it; without `--patch` the base is as it was.\n");
    lora.ifPresent(
        file -> {
          text.append("\nWith diffusers, A1111 or ComfyUI: `").append(file.file());
          text.append("` is the same change as a LoRA, exact at weight 1");
          text.append(file.ofBase() ? " on the base below alone.\n" : ".\n");
          text.append("\n    pipe.load_lora_weights(\"FOLDER\", weight_name=\"");
          text.append(file.file()).append("\")\n");
          if (manifest.gate().isPresent()) {
            text.append(
                "\nThe patch follows the prompt by a gate. The LoRA acts on all prompts.\n");
          }
        });
    return text.toString();
  }

  private String base() {
    Manifest.Base base = manifest.base();
    StringBuilder text = new StringBuilder("## Base\n\n");
    line(text, "made on", Markdown.of(base.label()));
    line(text, "architecture", manifest.architecture());
    line(text, "fits", base.policy() + ": " + POLICIES.get(base.policy()));
    text.append("\n| part | digest | SHA-256 |\n|---|---|---|\n");
    base.components()
        .forEach(
            (name, part) -> {
              String tensors = name + ", " + part.touched() + " tensors";
              digest(text, tensors, "exact", part.exact());
              digest(text, tensors, "rounded to half", part.f16());
            });
    base.textEncoder()
        .ifPresent(
            roots -> {
              digest(text, "text encoder, all tensors", "exact", roots.exact());
              digest(text, "text encoder, all tensors", "rounded to half", roots.f16());
            });
    base.tokenizer()
        .ifPresent(
            words -> {
              digest(text, "tokenizer", "vocabulary", words.vocabSha256());
              digest(text, "tokenizer", "merges", words.mergesSha256());
            });
    return text.toString();
  }

  private String measured() {
    StringBuilder text = new StringBuilder("## Measured\n\n");
    if (manifest.evidence().isEmpty()) {
      return text.append("The patch holds no measurements.\n").toString();
    }
    text.append("As the patch says it; it was not measured again for this page.\n\n");
    text.append("| prompt | what | before | after |\n|---|---|---|---|\n");
    for (Manifest.Evidence one : manifest.evidence()) {
      text.append(
          Message.of(
              "| %s | %s | %.3f | %.3f |\n",
              Markdown.of(one.prompt()), Markdown.of(one.metric()), one.before(), one.after()));
    }
    return text.toString();
  }

  private String signatures() {
    StringBuilder text = new StringBuilder("## Signed\n\n");
    if (signed.signatures().isEmpty()) {
      return text.append("No key has signed it.\n").toString();
    }
    signed.signatures().forEach(one -> line(text, "by the key", '`' + one.key().id() + '`'));
    return text.append("\nA key says nothing of whose it is: ask who you have this from.\n")
        .toString();
  }

  private String notClaimed() {
    return "## Not claimed\n\n"
        + (forgets()
            ? "- That the concept can never be drawn: other words, learned tokens and images to begin"
                + " with may bring it back.\n"
            : "- That other words than those that were measured show something else.\n")
        + "- Anything on other bases, or together with other patches and LoRAs.\n"
        + "- That a number holds beyond the images that it was counted on.\n"
        + "- Anything about the licence of the base.\n"
        + "\nWho has the base can leave the patch off.\n";
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append("- ").append(name).append(": ").append(value).append('\n');
  }

  private static void digest(StringBuilder text, String part, String which, String hex) {
    text.append(Message.of("| %s | %s | `%s` |\n", part, which, hex));
  }
}

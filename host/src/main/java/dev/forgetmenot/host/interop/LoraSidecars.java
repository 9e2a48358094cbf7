package dev.forgetmenot.host.interop;

import com.google.gson.stream.JsonWriter;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.PatchPreview;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The files that A1111 looks for beside a LoRA {@code x.safetensors}: {@code x.json}, which its
 * cards show and its users edit, and {@code x.preview.png}. Both are named as A1111 1.10 reads
 * them. A {@code x.civitai.info} is an answer of that site, of which a new file has none.
 *
 * @param lora the file
 * @param strength of the patch at the LoRA's weight 1
 */
public record LoraSidecars(Path lora, double strength) {
  /**
   * Writes them.
   *
   * @param overwrite whether files that are there are replaced; others stay, since they are what
   *     the user made of them
   * @param context gets what was written and what stayed
   */
  public void write(PatchFile patch, boolean overwrite, JobContext context) throws IOException {
    write(".json", json(patch), overwrite, context);
    Optional<PatchPreview> preview =
        patch.manifest().previews().stream()
            .filter(one -> one.side() == PatchPreview.Side.AFTER)
            .findFirst();
    if (preview.isPresent()) {
      write(".preview.png", patch.content(preview.get().entry()), overwrite, context);
    }
  }

  private void write(String ending, byte[] bytes, boolean overwrite, JobContext context)
      throws IOException {
    String name = lora.getFileName().toString().replaceFirst("\\.safetensors$", "");
    Path file = lora.resolveSibling(name + ending);
    if (!overwrite && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      context.say("kept " + file + ", which is there; --overwrite replaces it");
      return;
    }
    AtomicFile.write(file, bytes);
    context.say("wrote " + file);
  }

  /** JSON in UTF-8. */
  private byte[] json(PatchFile patch) throws IOException {
    Manifest manifest = patch.manifest();
    StringWriter text = new StringWriter();
    try (JsonWriter json = new JsonWriter(text)) {
      json.setIndent("    ");
      json.beginObject();
      json.name("description").value(manifest.description());
      String architecture = manifest.architecture();
      if (!architecture.equals("other")) {
        json.name("sd version").value(architecture.endsWith("-v1") ? "SD1" : "SD2");
      }
      json.name("activation text").value(""); // it acts without any
      json.name("preferred weight").value(1);
      json.name("negative text").value("");
      json.name("notes").value(notes(patch));
      json.endObject();
    }
    return (text + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private String notes(PatchFile patch) {
    Manifest manifest = patch.manifest();
    List<String> lines = new ArrayList<>();
    lines.add(
        "From the patch "
            + manifest.name()
            + " "
            + manifest.patchVersion()
            + ", id "
            + patch.id()
            + ", at strength "
            + strength
            + ".");
    lines.add("It acts on every prompt and has no activation text.");
    lines.add("Base: " + manifest.base().label() + ", " + manifest.architecture() + ".");
    if (manifest.edits().stream().anyMatch(Manifest.Edit::boundByTextEncoder)) {
      lines.add("It is exact on the base alone with which it was written.");
    }
    if (!manifest.license().isEmpty()) {
      lines.add("Licence: " + manifest.license());
    }
    return String.join("\n", lines);
  }
}

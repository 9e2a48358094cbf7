package dev.forgetmenot.host.share;

import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.diffusion.pipeline.ReadingOptions;
import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.files.AtomicFolder;
import dev.forgetmenot.host.interop.ExportJob;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.PatchPreview;
import dev.forgetmenot.patch.PatchSigner;
import dev.forgetmenot.patching.lora.LoraException;
import dev.forgetmenot.patching.lora.LoraNaming;
import dev.forgetmenot.patching.trust.SignedPatch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Writes a folder that can be uploaded to the Hugging Face Hub as it is: a card, the patch with the
 * signatures beside it, its LoRA where that is the patch exactly, and the patch's images.
 *
 * @param patch the file
 * @param baseModel the base's name on the Hub, where the user says it
 * @param base the base's files, of which closed forms and projectors become a LoRA
 * @param reading how these are read
 * @param context gets what is in the folder
 */
public record CardJob(
    Path patch,
    Optional<String> baseModel,
    Optional<Path> base,
    ReadingOptions reading,
    JobContext context) {
  /** A name on the Hub: an owner and a repository, which it limits to these characters. */
  public static final String HUB_NAME =
      "[A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95}";

  /** Checks the name. */
  public CardJob {
    baseModel.ifPresent(
        name -> {
          if (!name.matches(HUB_NAME)) {
            throw new IllegalArgumentException(
                "a model on the Hub is named like owner/name, not '" + name + "'");
          }
        });
  }

  /**
   * Writes the folder.
   *
   * @param overwrite whether an older folder that is not empty is replaced
   * @throws IOException if the patch is wrong, the base is another one, or the folder cannot be
   *     written; an older one is then as it was
   */
  public void write(Path folder, boolean overwrite) throws IOException {
    AtomicFolder.check(folder, overwrite);
    Path above = folder.toAbsolutePath().normalize().getParent();
    if (above != null) {
      Files.createDirectories(above);
    }
    AtomicFolder.write(folder, overwrite, this::fill);
    context.say("wrote " + folder);
  }

  private void fill(Path folder) throws IOException {
    Manifest named = PatchFile.header(patch).manifest();
    Path copy = folder.resolve(named.name() + "-" + named.patchVersion() + ".fmnpatch");
    Files.copy(patch, copy);
    Path beside = PatchSigner.detachedOf(patch);
    if (Files.exists(beside)) {
      Files.copy(beside, PatchSigner.detachedOf(copy));
    }
    try (PatchFile open = PatchFile.open(copy)) {
      Manifest manifest = open.manifest();
      List<PatchPreview> previews = manifest.previews();
      if (!previews.isEmpty()) {
        Files.createDirectory(folder.resolve("images"));
      }
      for (int i = 0; i < previews.size(); i++) {
        AtomicFile.write(folder.resolve(ModelCard.image(i)), open.content(previews.get(i).entry()));
      }
      Optional<ModelCard.Lora> lora = lora(folder, manifest);
      ModelCard card =
          new ModelCard(
              manifest,
              SignedPatch.of(open, List.of()),
              copy.getFileName().toString(),
              lora,
              baseModel);
      AtomicFile.write(folder.resolve("README.md"), card.text().getBytes(StandardCharsets.UTF_8));
      context.say(
          "patch "
              + open.id()
              + ", "
              + previews.size()
              + " images"
              + (lora.isPresent() ? ", LoRA" : ""));
    }
    if (baseModel.isEmpty()) {
      context.say("the card names no base on the Hub: --base-model OWNER/NAME does");
    }
  }

  private Optional<ModelCard.Lora> lora(Path folder, Manifest manifest) throws IOException {
    String name = manifest.name() + ".safetensors";
    try {
      ExportJob.lora(
          new ExportJob.LoraOrder(
              new PatchRequest(patch, 1),
              base,
              reading,
              folder.resolve(name),
              LoraNaming.KOHYA,
              Optional.empty(),
              false),
          JobContext.silent(context));
    } catch (LoraException e) {
      context.say("no LoRA: " + e.getMessage());
      return Optional.empty();
    }
    boolean ofBase = manifest.edits().stream().anyMatch(Manifest.Edit::boundByTextEncoder);
    return Optional.of(new ModelCard.Lora(name, ofBase));
  }
}

package dev.forgetmenot.host.edit;

import dev.forgetmenot.api.edit.EditOutline;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.host.ByteSizes;
import dev.forgetmenot.host.HostVersions;
import dev.forgetmenot.host.MemoryFacts;
import dev.forgetmenot.host.generate.OutputFolder;
import dev.forgetmenot.host.model.MemoryModel;
import dev.forgetmenot.host.model.MemoryNeed;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.kit.concept.KeysAndValues;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.edit.PatchEdit;
import dev.forgetmenot.patching.PatchName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What would fail at the end of an edit fails in the first seconds: the base is identified, a patch
 * of the right names and shapes that changes nothing is written into the output folder, read and
 * deleted; disk and memory are held to what will be needed.
 *
 * @param order what will be done
 * @param drawn pixels of the largest image that the command draws beside the report; 0 for none
 */
record Preflight(EditRequest order, long drawn) {
  private static final String LESS =
      "train less of the model (--trainable cross-attention or lora) or smaller batches"
          + " (--train-batch-size), or keep no activations (--gradient-checkpointing)";

  /** Numbers that a state of a training holds of each that is trained: itself and two moments. */
  private static final int STATE = 3;

  /**
   * Tries it.
   *
   * @param hosted a model without patches
   * @return what is needed, for people
   * @throws IOException if something would fail
   */
  List<String> run(NamedModel hosted) throws IOException {
    StableDiffusion model = hosted.model();
    EditOutline outline =
        model
            .engine()
            .call(
                () ->
                    order
                        .editor()
                        .outline(order.concepts(), order.values(), model)
                        .orElseGet(() -> KeysAndValues.outline(model, 0, false)));
    MemoryNeed need = model.engine().call(() -> need(model, outline));
    MemoryFacts facts = MemoryFacts.read();
    need.check(facts, LESS);
    long state = STATE * Float.BYTES * outline.trained();
    long scratch = Float.BYTES * outline.trained(); // the difference, until it is written
    OutputFolder.ofFile(order.patch(), state + scratch);
    long patch = tried(model, outline.edit());
    OutputFolder folder = OutputFolder.ofFile(order.patch(), patch + state + scratch);
    return List.of(
        need.line(facts),
        "the patch has about "
            + ByteSizes.of(patch)
            + (state > 0 ? ", the state of the training " + ByteSizes.of(state) : "")
            + "; "
            + ByteSizes.of(folder.free())
            + " of disk are free");
  }

  private MemoryNeed need(StableDiffusion model, EditOutline outline) throws IOException {
    long judge = order.judging().bytes();
    long report =
        order.report().drawn() && judge > 0 ? (long) model.imageSize() * model.imageSize() : 0;
    return MemoryModel.of(model).edit(outline, judge, Math.max(report, drawn));
  }

  /** The size of the patch that changes nothing. */
  private long tried(StableDiffusion model, PatchEdit edit) throws IOException {
    Path file = WrittenPatch.beside(order.patch());
    try {
      return WrittenPatch.write(model.base(), order.authorship().of(draft(edit)), file).size();
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private PatchDraft draft(PatchEdit edit) {
    List<Manifest.IntentConcept> concepts =
        order.concepts().stream()
            .map(
                one ->
                    new Manifest.IntentConcept(one.name(), one.kind().word(), List.of(one.name())))
            .toList();
    String operation = PatchName.word(order.editor().operation());
    return new PatchDraft(
        PatchName.of(order.editor().operation(), order.concepts()),
        "Changes nothing.",
        new Manifest.Intent(operation, concepts),
        List.of(edit),
        new Manifest.Recipe(
            order.editor().name(),
            order.values().all(),
            0,
            0,
            "fmn",
            HostVersions.read().program(),
            List.of()),
        List.of(),
        Map.of());
  }
}

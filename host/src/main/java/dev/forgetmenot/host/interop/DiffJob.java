package dev.forgetmenot.host.interop;

import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.diffusion.pipeline.ModelOnDisk;
import dev.forgetmenot.diffusion.pipeline.ReadingOptions;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.edit.WrittenPatch;
import dev.forgetmenot.host.generate.OutputFolder;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patching.diff.DiffFactorizer;
import dev.forgetmenot.patching.diff.DifferenceForm;
import dev.forgetmenot.patching.diff.EditedTensors;
import dev.forgetmenot.patching.diff.ModelDiff;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Makes a patch of what differs between two models. */
public final class DiffJob {
  private static final long SMALL = 1 << 20;

  private DiffJob() {}

  /**
   * What to compare.
   *
   * @param base a folder or checkpoint
   * @param reading how the base's files are read
   * @param edited the same model, edited
   * @param readingEdited how the files of the edited model are read
   * @param patch the file to write
   * @param naming what the patch is called
   * @param form how the difference is kept
   */
  public record Order(
      Path base,
      ReadingOptions reading,
      Path edited,
      ReadingOptions readingEdited,
      Path patch,
      PatchNaming naming,
      DifferenceForm form) {}

  /**
   * Compares and writes.
   *
   * @param context gets what was found
   * @throws IOException if they are not two states of one model, nothing differs, or the form does
   *     not fit: then no patch is written
   */
  public static WrittenPatch run(Order order, JobContext context) throws IOException {
    OutputFolder.ofFile(order.patch(), SMALL);
    try (ModelOnDisk base = ModelOnDisk.open(order.base(), order.reading());
        ModelOnDisk edited = ModelOnDisk.open(order.edited(), order.readingEdited())) {
      if (!base.base().tokenizer().sameAs(edited.base().tokenizer())) {
        throw new IOException(
            Message.of(
                "%s has another vocabulary than %s: these are not two states of one model",
                order.edited(), order.base()));
      }
      ModelDiff difference =
          ModelDiff.between(
              base.base().tensors(),
              EditedTensors.ofModel(edited.base().tensors(), edited.base().tensors().components()),
              context);
      List<String> concepts = order.naming().concepts();
      String label = concepts.isEmpty() ? "difference" : concepts.get(0);
      DiffFactorizer.Result result = DiffFactorizer.of(difference, order.form(), label, context);
      new DifferenceReport(result).lines().forEach(context::say);
      PatchDraft draft =
          order
              .naming()
              .draft(
                  order.patch(),
                  Message.of(
                      "What differs between %s and %s.",
                      base.base().label(), edited.base().label()),
                  result.edits(),
                  "diff",
                  parameters(order));
      return WrittenPatch.write(base.base(), draft, order.patch());
    }
  }

  private static Map<String, String> parameters(Order order) {
    Map<String, String> parameters = new TreeMap<>();
    parameters.put("as", order.form().kind().name().toLowerCase(Locale.ROOT));
    order.form().rank().ifPresent(rank -> parameters.put("rank", String.valueOf(rank)));
    if (order.form().half()) {
      parameters.put("half", "true");
    }
    order.form().energy().ifPresent(share -> parameters.put("energy", String.valueOf(share)));
    return parameters;
  }
}

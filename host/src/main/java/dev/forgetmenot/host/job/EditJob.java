package dev.forgetmenot.host.job;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.ParameterValues;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.patch.PatchDraft;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Forgets or corrects: lets an editor work on a model and writes what it hands back, bound to its
 * base, as a patch. The model is the base's again when the job ends, however it ends.
 *
 * @param context progress and cancellation
 */
public record EditJob(JobContext context) {
  /** What may be written at most: a change of all weights of a large UNet would not fit a patch. */
  private static final long LIKELY_BYTES = 64L << 20;

  /** Concepts that the name of a file names; more would make it too long. */
  private static final int NAMED = 3;

  /** A patch that has been written. */
  public record Result(Path file, String id) {}

  /**
   * Runs the editor and writes the patch.
   *
   * @param hosted a model without patches
   * @param file where the patch goes; an existing file is replaced, and only by a whole one
   * @throws IllegalArgumentException if a concept or a value does not fit the model
   * @throws IOException if pictures cannot be read or the patch cannot be written
   * @throws java.util.concurrent.CancellationException if the user stopped the job
   */
  public Result run(
      HostedModel hosted,
      ConceptEditor editor,
      List<Concept> concepts,
      ParameterValues values,
      Path file)
      throws IOException {
    OutputFolder.ofFile(file, LIKELY_BYTES);
    StableDiffusion model = hosted.model();
    PatchDraft draft = model.engine().call(() -> edit(model, editor, concepts, values));
    return new PatchBinding(hosted).write(draft, file);
  }

  private PatchDraft edit(
      StableDiffusion model, ConceptEditor editor, List<Concept> concepts, ParameterValues values)
      throws IOException {
    try {
      return editor.edit(concepts, values, model, context);
    } finally {
      model.weights().restoreChanged();
    }
  }

  /** A name for the file of a patch, such as {@code forget-a-thing.fmnpatch}. */
  public static String fileName(String operation, List<Concept> concepts) {
    String words =
        concepts.stream()
            .limit(NAMED)
            .map(Concept::name)
            .collect(Collectors.joining(" "))
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^\\p{L}\\p{N}]+", "-")
            .replaceAll("^-|-$", "");
    return operation + "-" + (words.isEmpty() ? "concept" : words) + ".fmnpatch";
  }
}

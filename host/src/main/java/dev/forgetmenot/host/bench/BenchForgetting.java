package dev.forgetmenot.host.bench;

import static dev.forgetmenot.api.model.PatchRequest.Allowance.ILL_CONDITIONED;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.host.edit.DrawnBeside;
import dev.forgetmenot.host.edit.EditContext;
import dev.forgetmenot.host.edit.EditJob;
import dev.forgetmenot.host.edit.EditRequest;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.host.plugin.HostPluginManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Forgettings that are timed: a patch is made, put on and taken off.
 *
 * @param hosted a model without patches
 * @param plugins that bring the methods
 * @param folder an existing one, for patches that are deleted again
 * @param context for being stopped
 */
record BenchForgetting(
    NamedModel hosted, HostPluginManager plugins, Path folder, JobContext context) {
  /**
   * Seconds of one forgetting.
   *
   * @param made of the whole edit, with writing its patch
   * @param steps of each training step after the first; empty without a training
   * @param on of putting the patch on
   * @param off of taking it off
   */
  record Times(double made, List<Double> steps, double on, double off) {}

  /**
   * Forgets a concept, puts the patch on and takes it off; the model is then as it was.
   *
   * @param method of forgetting
   * @param given values of its settings
   * @throws IOException if no plugin has the method, or a patch cannot be written or put on
   */
  Times forget(String method, Concept concept, Map<String, String> given) throws IOException {
    ConceptEditor editor =
        plugins
            .editor(ConceptEditor.Operation.FORGET, method)
            .orElseThrow(
                () ->
                    new IOException(
                        "the method '"
                            + method
                            + "' is measured, and no plugin has it: 'fmn plugins' lists what is"
                            + " installed; leave it out by --only"));
    Path patch = folder.resolve(method + ".fmnpatch");
    List<Long> ends = new ArrayList<>();
    EditContext.TrainingListener steps = (step, of, loss, gradient) -> ends.add(System.nanoTime());
    EditJob job =
        new EditJob(JobContext.silent(context), steps, DrawnBeside.NONE, Optional.empty());
    Settings values = Settings.of(editor.parameters(), given);
    long begin = System.nanoTime();
    job.run(hosted, EditRequest.of(editor, List.of(concept), values, patch));
    double made = Passes.since(begin);
    begin = System.nanoTime();
    hosted.model().repatch(List.of(new PatchRequest(patch, 1).allow(ILL_CONDITIONED)));
    double on = Passes.since(begin);
    begin = System.nanoTime();
    hosted.model().repatch(List.of());
    double off = Passes.since(begin);
    Files.delete(patch);
    List<Double> lengths = new ArrayList<>();
    for (int i = 1; i < ends.size(); i++) {
      lengths.add((ends.get(i) - ends.get(i - 1)) / 1e9);
    }
    return new Times(made, lengths, on, off);
  }
}

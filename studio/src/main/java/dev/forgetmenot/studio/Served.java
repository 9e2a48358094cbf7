package dev.forgetmenot.studio;

import dev.forgetmenot.studio.api.ApiV1;
import dev.forgetmenot.studio.draw.DrawJob;
import dev.forgetmenot.studio.draw.ImageStore;
import dev.forgetmenot.studio.draw.ServedModel;
import dev.forgetmenot.studio.edit.EditKind;
import dev.forgetmenot.studio.edit.EditRoutes;
import dev.forgetmenot.studio.edit.EditSource;
import dev.forgetmenot.studio.evaluate.EvaluateKind;
import dev.forgetmenot.studio.evaluate.EvaluateRoutes;
import dev.forgetmenot.studio.evaluate.EvaluationSource;
import dev.forgetmenot.studio.event.ServerEvents;
import dev.forgetmenot.studio.http.AccessToken;
import dev.forgetmenot.studio.http.KeyedAnswers;
import dev.forgetmenot.studio.job.AskedKind;
import dev.forgetmenot.studio.job.JobKind;
import dev.forgetmenot.studio.job.JobQueue;
import dev.forgetmenot.studio.patch.BakeKind;
import dev.forgetmenot.studio.patch.BaseFiles;
import dev.forgetmenot.studio.patch.ExportKind;
import dev.forgetmenot.studio.patch.ImportKind;
import dev.forgetmenot.studio.patch.PatchRoutes;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/**
 * What a server can do: its kinds of jobs and its own API, made of the same parts.
 *
 * @param base the files of the model
 * @param models where copies of the model with patches in them go
 */
public record Served(
    AccessToken token,
    ServedModel model,
    ImageStore store,
    PatchRoutes patches,
    EditSource edits,
    EvaluationSource evaluations,
    BaseFiles base,
    Path models) {
  /** The kinds of jobs that a request names. */
  private List<AskedKind> asked() {
    List<AskedKind> asked = new ArrayList<>(EditKind.all(model, edits, store, patches.patches()));
    asked.add(patches.stacks());
    asked.add(new EvaluateKind(model, evaluations, patches.patches(), patches.trust()));
    asked.add(new ExportKind(base, patches.patches(), patches.trust()));
    asked.add(new BakeKind(base, models, patches.patches(), patches.trust()));
    return asked;
  }

  /** All kinds of jobs. */
  public List<JobKind> kinds() {
    List<JobKind> kinds = new ArrayList<>(asked());
    kinds.add(new DrawJob(model, store));
    kinds.add(new ImportKind(base, patches.patches()));
    return kinds;
  }

  /** The server's own API. */
  public ApiV1 api(JobQueue queue, ServerEvents events) {
    return new ApiV1(
        token,
        model,
        queue,
        store,
        patches,
        new EditRoutes(edits),
        new EvaluateRoutes(evaluations),
        asked(),
        events,
        new KeyedAnswers(Clock.systemUTC()));
  }
}

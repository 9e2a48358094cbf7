package dev.forgetmenot.studio.edit;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.forgetmenot.api.edit.ConceptEditor.Operation;
import dev.forgetmenot.host.edit.EditEstimation;
import dev.forgetmenot.host.edit.EditJob;
import dev.forgetmenot.host.edit.EditRequest;
import dev.forgetmenot.host.evaluate.EvaluationSetup;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.studio.draw.ServedModel;
import dev.forgetmenot.studio.job.JobKind;
import dev.forgetmenot.studio.job.RunningJob;
import dev.forgetmenot.studio.patch.SentPatches;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Makes a patch and keeps it with those that were sent; its sheet stays in the folder of the job.
 * The result: {@code {"patch": id, "name": …, "seconds": …, "lines": [line, …], "sheet": file}}, or
 * of a dry run {@code {"lines": …}}. A job that was stopped by the end of the program goes on from
 * its state.
 *
 * @param model that is edited; waited for while it is loaded
 * @param source the methods and judges
 * @param patches gets the patch
 */
public record EditKind(
    Operation operation, ServedModel model, EditSource source, SentPatches patches)
    implements JobKind {
  /** The kinds of all operations. */
  public static List<JobKind> all(ServedModel model, EditSource source, SentPatches patches) {
    return List.of(
        new EditKind(Operation.FORGET, model, source, patches),
        new EditKind(Operation.CORRECT, model, source, patches));
  }

  @Override
  public String name() {
    return new EditBody(operation, new JsonObject()).word();
  }

  @Override
  public JsonObject run(JsonObject request, Path folder, RunningJob running) throws IOException {
    running.progress("waiting for the model", 0, 0);
    NamedModel hosted = model.await();
    if (!hosted.model().patchDescriptions().isEmpty()) {
      throw new IOException(
          "the server was started with patches, and an edit is made on the base: start it without"
              + " --patch and --stack, and put patches on from the page");
    }
    EditBody body = new EditBody(operation, request);
    EvaluationSetup judging = source.judging();
    EditRequest order = body.order(source, judging, folder);
    JsonObject json = new JsonObject();
    if (body.dryRun()) {
      json.add("lines", array(new EditEstimation(running, 0).run(hosted, order)));
      return json;
    }
    running.progress(body.title(), 0, 0);
    EditRequest begun = order.states().isEmpty() ? order : order.resuming();
    EditJob job = new EditJob(running);
    EditJob.Result result =
        (judging.possible() ? job.judgedBy(source.second()) : job).run(hosted, begun);
    Path kept = patches.add(Files.readAllBytes(result.file()));
    Files.delete(result.file());
    json.addProperty("patch", PatchFile.header(kept).id());
    json.addProperty("name", SentPatches.nameOf(kept));
    json.addProperty("seconds", result.seconds());
    json.add(
        "lines", array(result.report().map(EditJob.Report::lines).orElse(List.of("not measured"))));
    if (Files.exists(order.sheet())) {
      json.addProperty("sheet", String.valueOf(order.sheet().getFileName()));
    }
    return json;
  }

  private static JsonArray array(List<String> lines) {
    JsonArray all = new JsonArray();
    lines.forEach(all::add);
    return all;
  }
}

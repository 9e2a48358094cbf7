package dev.forgetmenot.studio.patch;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.forgetmenot.api.model.BaseModel;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.patch.StackFile;
import dev.forgetmenot.patching.PatchName;
import dev.forgetmenot.patching.PatchSet;
import dev.forgetmenot.patching.library.StackRecipe;
import dev.forgetmenot.patching.stack.ConflictReport;
import dev.forgetmenot.patching.stack.Conflicts;
import dev.forgetmenot.patching.stack.PatchStack;
import dev.forgetmenot.patching.trust.PatchVerifier;
import dev.forgetmenot.studio.draw.ServedModel;
import dev.forgetmenot.studio.job.AskedKind;
import dev.forgetmenot.studio.job.RunningJob;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Says how patches meet on the base, and writes them down as a recipe that others can use: {@code
 * {"patches": [{"id": …, "strength": …}], "name": …}}. The result: {@code {"file": recipe, "stack":
 * {"patches": […], "pairs": […]}}}.
 *
 * @param trust says who signed them and what the user decided
 * @param model waited for while it is loaded
 */
public record StackKind(SentPatches patches, PatchVerifier trust, ServedModel model)
    implements AskedKind {
  /** The name of the kind. */
  public static final String NAME = "stack";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public JsonObject run(JsonObject request, Path folder, RunningJob running) throws IOException {
    running.progress("waiting for the model", 0, 0);
    BaseModel base = model.await().model().base();
    running.progress("measuring how they meet", 0, 0);
    String name = request.has("name") ? PatchName.slug(request.get("name").getAsString()) : NAME;
    Path file = folder.resolve(name + StackFile.ENDING);
    try (PatchSet set = trust.open(patches.requests(request));
        PatchStack stack = PatchStack.open(set.requests())) {
      ConflictReport report = Conflicts.of(stack, base);
      running.progress("writing the recipe", 0, 0);
      StackRecipe.write(file, set.requests(), base);
      JsonObject json = new JsonObject();
      json.addProperty("file", String.valueOf(file.getFileName()));
      json.add("stack", json(report));
      return json;
    }
  }

  private static JsonObject json(ConflictReport report) {
    JsonArray all = new JsonArray();
    for (ConflictReport.Patch patch : report.patches()) {
      JsonObject one = new JsonObject();
      one.addProperty("name", patch.name());
      one.addProperty("strength", patch.strength());
      patch.alone().ifPresent(left -> one.addProperty("alone", left));
      patch.inStack().ifPresent(left -> one.addProperty("inStack", left));
      all.add(one);
    }
    JsonArray pairs = new JsonArray();
    for (ConflictReport.Pair pair : report.pairs()) {
      JsonObject one = new JsonObject();
      one.addProperty("first", pair.first());
      one.addProperty("second", pair.second());
      one.addProperty("shared", pair.shared());
      pair.whole()
          .ifPresent(
              meeting -> {
                one.addProperty("cosine", meeting.cosine());
                one.addProperty("overlap", meeting.overlap());
              });
      pairs.add(one);
    }
    JsonObject json = new JsonObject();
    json.add("patches", all);
    json.add("pairs", pairs);
    return json;
  }

  @Override
  public String check(JsonObject request) throws IOException {
    int count = patches.requests(request).size();
    if (count == 0) {
      throw new IllegalArgumentException("patches should be a list of at least one");
    }
    return Message.of("a stack of %d", count);
  }
}

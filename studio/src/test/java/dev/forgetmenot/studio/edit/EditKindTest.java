package dev.forgetmenot.studio.edit;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.ConceptEditor.Operation;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.host.HostVersions;
import dev.forgetmenot.host.plugin.HostPluginManager;
import dev.forgetmenot.patch.StackFile;
import dev.forgetmenot.patching.PatchSet;
import dev.forgetmenot.patching.library.PatchFolders;
import dev.forgetmenot.patching.trust.PatchVerifier;
import dev.forgetmenot.patching.trust.TrustStore;
import dev.forgetmenot.studio.draw.EmbeddedServed;
import dev.forgetmenot.studio.draw.ServedModel;
import dev.forgetmenot.studio.job.Job;
import dev.forgetmenot.studio.job.JobFolders;
import dev.forgetmenot.studio.job.JobKind;
import dev.forgetmenot.studio.job.JobQueue;
import dev.forgetmenot.studio.job.JobState;
import dev.forgetmenot.studio.job.Problem;
import dev.forgetmenot.studio.patch.SentPatches;
import dev.forgetmenot.studio.patch.StackKind;
import dev.forgetmenot.testkit.PackagedPlugins;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Edits of the embedded model as jobs, by the packed plugins. */
class EditKindTest {
  @TempDir private static Path state;

  private static HostPluginManager plugins;
  private static ServedModel model;
  private static SentPatches patches;
  private static JobQueue queue;

  @BeforeAll
  static void start() throws IOException {
    Path folder = PackagedPlugins.copyTo(state.resolve("plugins"));
    plugins = HostPluginManager.start(folder, HostVersions.read().hostApi());
    List<ConceptEditor> editors = new ArrayList<>(plugins.editors(Operation.FORGET));
    editors.addAll(plugins.editors(Operation.CORRECT));
    model = EmbeddedServed.load();
    patches = SentPatches.beside(new PatchFolders(List.of()), state.resolve("patches"));
    List<JobKind> kinds = new ArrayList<>(EditKind.all(model, new FixedEdits(editors), patches));
    PatchVerifier trust =
        new PatchVerifier(
            new TrustStore(state.resolve("trust.json")), Optional.empty(), note -> {});
    kinds.add(new StackKind(patches, trust, model));
    queue =
        new JobQueue(
            new JobFolders(state.resolve("jobs")),
            kinds,
            9,
            failure -> new Problem("FMN-799", String.valueOf(failure.getMessage())),
            Clock.systemUTC());
    queue.start();
  }

  @AfterAll
  static void stop() throws IOException {
    queue.close();
    model.close();
    plugins.close();
  }

  private static Job done(String kind, String request) throws Exception {
    JsonObject json = JsonParser.parseString(request).getAsJsonObject();
    Job job = queue.submit(kind, "a job", json, JobQueue.RequestFiles.NONE);
    return queue.end(job.id()).get(5, TimeUnit.MINUTES);
  }

  @Test
  void aConceptIsForgottenByAPatchThatPromptsCanName() throws Exception {
    Job job = done("forget", "{\"concepts\": [\"castle\"], \"method\": \"uce\"}");
    assertThat(job.problem()).isEmpty();
    assertThat(job.state()).isEqualTo(JobState.DONE);
    String name = job.result().get("name").getAsString();
    Path file = patches.all().named(name);
    assertThat(file.getParent()).isEqualTo(state.resolve("patches"));
    try (PatchSet set = PatchSet.open(List.of(new PatchRequest(file, 1)))) {
      assertThat(set.files().get(0).id()).isEqualTo(job.result().get("patch").getAsString());
      assertThat(set.files().get(0).manifest().intent().concepts().get(0).label())
          .isEqualTo("castle");
    }
    assertThat(job.result().getAsJsonArray("lines")).isNotEmpty();
    assertThat(queue.folder(job.id())).isDirectoryNotContaining("glob:**.fmnpatch");
  }

  @Test
  void patchesThatAreOnAreARecipe() throws Exception {
    String castle = patch("castle", "uce");
    String fox = patch("fox", "oblique");
    Job job =
        done(
            "stack",
            "{\"patches\": [{\"id\": \""
                + castle
                + "\", \"strength\": 0.5}, {\"id\": \""
                + fox
                + "\", \"strength\": 1}]}");
    assertThat(job.problem()).isEmpty();
    StackFile recipe =
        StackFile.read(queue.folder(job.id()).resolve(job.result().get("file").getAsString()));
    assertThat(recipe.patches())
        .extracting(StackFile.StackedPatch::id)
        .containsExactlyInAnyOrder(castle, fox);
    JsonObject stack = job.result().getAsJsonObject("stack");
    assertThat(stack.getAsJsonArray("pairs").get(0).getAsJsonObject().get("shared").getAsInt())
        .isPositive();
    assertThat(stack.getAsJsonArray("patches")).hasSize(2);
  }

  private static String patch(String concept, String method) throws Exception {
    String request = "{\"concepts\": [\"" + concept + "\"], \"method\": \"" + method + "\"}";
    Job job = done("forget", request);
    assertThat(job.problem()).isEmpty();
    return job.result().get("patch").getAsString();
  }

  @Test
  void aDryRunSaysWhatItWouldTakeAndMakesNothing() throws Exception {
    Job job =
        done("forget", "{\"concepts\": [\"fox\"], \"method\": \"oblique\", \"dryRun\": true}");
    assertThat(job.problem()).isEmpty();
    assertThat(job.result().getAsJsonArray("lines").toString()).contains("of memory");
    assertThat(job.result().has("patch")).isFalse();
    assertThat(patches.all().files()).noneMatch(file -> file.toString().contains("fox"));
  }

  @Test
  void anEditThatCannotBeMadeEndsWithASentence() throws Exception {
    Job job = done("correct", "{\"concepts\": [\"wizard\"], \"method\": \"none\"}");
    assertThat(job.state()).isEqualTo(JobState.FAILED);
    assertThat(job.problem().orElseThrow().sentence()).startsWith("no method is named 'none'");
  }
}

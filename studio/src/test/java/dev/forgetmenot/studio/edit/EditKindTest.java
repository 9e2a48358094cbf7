package dev.forgetmenot.studio.edit;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.patch.StackFile;
import dev.forgetmenot.patching.PatchSet;
import dev.forgetmenot.studio.EmbeddedJobs;
import dev.forgetmenot.studio.job.Job;
import dev.forgetmenot.studio.job.JobState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Edits of the embedded model as jobs, by the packed plugins. */
class EditKindTest {
  @TempDir private static Path state;

  private static EmbeddedJobs jobs;

  @BeforeAll
  static void start() throws IOException {
    jobs = new EmbeddedJobs(state);
  }

  @AfterAll
  static void stop() throws IOException {
    jobs.close();
  }

  @Test
  void aConceptIsForgottenByAPatchThatPromptsCanName() throws Exception {
    Job job = jobs.done("forget", "{\"concepts\": [\"castle\"], \"method\": \"uce\"}");
    assertThat(job.problem()).isEmpty();
    assertThat(job.state()).isEqualTo(JobState.DONE);
    String name = job.result().get("name").getAsString();
    Path file = jobs.patches().all().named(name);
    assertThat(file.getParent()).isEqualTo(state.resolve("patches"));
    try (PatchSet set = PatchSet.open(List.of(new PatchRequest(file, 1)))) {
      assertThat(set.files().get(0).id()).isEqualTo(job.result().get("patch").getAsString());
      assertThat(set.files().get(0).manifest().intent().concepts().get(0).label())
          .isEqualTo("castle");
    }
    assertThat(job.result().getAsJsonArray("lines")).isNotEmpty();
    assertThat(jobs.folder(job)).isDirectoryNotContaining("glob:**.fmnpatch");
  }

  @Test
  void patchesThatAreOnAreARecipe() throws Exception {
    String castle = patch("castle", "uce");
    String fox = patch("fox", "oblique");
    Job job =
        jobs.done(
            "stack",
            "{\"patches\": [{\"id\": \""
                + castle
                + "\", \"strength\": 0.5}, {\"id\": \""
                + fox
                + "\", \"strength\": 1}]}");
    assertThat(job.problem()).isEmpty();
    StackFile recipe =
        StackFile.read(jobs.folder(job).resolve(job.result().get("file").getAsString()));
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
    Job job = jobs.done("forget", request);
    assertThat(job.problem()).isEmpty();
    return job.result().get("patch").getAsString();
  }

  @Test
  void aDryRunSaysWhatItWouldTakeAndMakesNothing() throws Exception {
    Job job =
        jobs.done("forget", "{\"concepts\": [\"fox\"], \"method\": \"oblique\", \"dryRun\": true}");
    assertThat(job.problem()).isEmpty();
    assertThat(job.result().getAsJsonArray("lines").toString()).contains("of memory");
    assertThat(job.result().has("patch")).isFalse();
    assertThat(jobs.patches().all().files()).noneMatch(file -> file.toString().contains("fox"));
  }

  @Test
  void anEditThatCannotBeMadeEndsWithASentence() throws Exception {
    Job job = jobs.done("correct", "{\"concepts\": [\"wizard\"], \"method\": \"none\"}");
    assertThat(job.state()).isEqualTo(JobState.FAILED);
    assertThat(job.problem().orElseThrow().sentence()).startsWith("no method is named 'none'");
  }
}

package dev.forgetmenot.studio.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.studio.EmbeddedJobs;
import dev.forgetmenot.studio.job.Job;
import dev.forgetmenot.studio.job.JobState;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Evaluations of the embedded model as jobs, as far as nothing is drawn for them. */
class EvaluateKindTest {
  @Test
  void anEvaluationSaysWhatItTakesAndLeavesTheModelAsItWas(@TempDir Path state) throws Exception {
    try (EmbeddedJobs jobs = new EmbeddedJobs(state)) {
      Job forgotten =
          jobs.done(
              "forget",
              "{\"concepts\": [\"merlin\"], \"method\": \"oblique\", \"report\": \"false\"}");
      assertThat(forgotten.problem()).isEmpty();
      String before = drawn(jobs);
      String asked =
          "{\"list\": \"emoji\", \"evaluators\": [\"text-side\"], \"patches\": [{\"id\": \""
              + forgotten.result().get("patch").getAsString()
              + "\"}]%s}";
      Job plan = jobs.done("evaluate", asked.formatted(", \"dryRun\": true"));
      assertThat(plan.problem()).isEmpty();
      assertThat(plan.result().getAsJsonArray("lines").toString())
          .contains("merlin")
          .doesNotContain(state.toString());
      assertThat(plan.result().has("report")).isFalse();
      Job unknown = jobs.done("evaluate", asked.formatted(", \"concepts\": [\"nothing\"]"));
      assertThat(unknown.state()).isEqualTo(JobState.FAILED);
      assertThat(unknown.problem().orElseThrow().sentence()).contains("nothing");
      assertThat(drawn(jobs)).as("the same image as before").isEqualTo(before);
    }
  }

  private static String drawn(EmbeddedJobs jobs) throws Exception {
    Job job =
        jobs.done(
            "draw",
            "{\"prompt\": \"a photo of merlin\", \"negativePrompt\": \"\", \"seed\": \"1\", \"count\":"
                + " 1, \"steps\": 2, \"guidance\": 5, \"guidanceRescale\": 0, \"clipSkip\": 1,"
                + " \"promptWeights\": true}");
    assertThat(job.problem()).isEmpty();
    String id = job.result().getAsJsonArray("images").get(0).getAsString();
    byte[] png = jobs.images().bytes(id);
    return Sha256.hex(png);
  }
}

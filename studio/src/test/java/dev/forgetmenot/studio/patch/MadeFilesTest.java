package dev.forgetmenot.studio.patch;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.forgetmenot.diffusion.pipeline.ModelOnDisk;
import dev.forgetmenot.diffusion.pipeline.ReadingOptions;
import dev.forgetmenot.studio.EmbeddedJobs;
import dev.forgetmenot.studio.job.Job;
import dev.forgetmenot.testkit.EmbeddedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of other tools that become patches, and patches that become such files. */
class MadeFilesTest {
  @TempDir private static Path state;

  private static EmbeddedJobs jobs;
  private static String patch;

  @BeforeAll
  static void start() throws Exception {
    jobs = new EmbeddedJobs(state);
    Job job =
        jobs.done(
            "forget", "{\"concepts\": [\"fox\"], \"method\": \"oblique\", \"report\": \"false\"}");
    assertThat(job.problem()).isEmpty();
    patch = job.result().get("patch").getAsString();
  }

  @AfterAll
  static void stop() throws IOException {
    jobs.close();
  }

  @Test
  void aPatchBecomesALoraAndALoraAPatch() throws Exception {
    Job exported = jobs.done("export", "{\"patch\": \"" + patch + "\", \"to\": \"lora\"}");
    assertThat(exported.problem()).isEmpty();
    String name = exported.result().get("file").getAsString();
    assertThat(name).endsWith(".safetensors");
    byte[] lora = Files.readAllBytes(jobs.folder(exported).resolve(name));
    assertThat(exported.result().toString()).doesNotContain(state.toString());
    JsonObject request = ImportKind.request("My LoRA ../x.safetensors");
    assertThat(request.get("file").getAsString()).isEqualTo("my-lora-x.safetensors");
    Job imported = jobs.done(ImportKind.NAME, request.toString(), ImportKind.files(request, lora));
    assertThat(imported.problem()).isEmpty();
    assertThat(imported.result().get("name").getAsString()).startsWith("my-lora-x-");
    assertThat(jobs.patches().all().withId(imported.result().get("patch").getAsString()))
        .isPresent();
    assertThat(jobs.folder(imported)).isDirectoryNotContaining("glob:**.safetensors");
  }

  @Test
  void whatIsNoFileOfWeightsEndsWithASentence() throws Exception {
    JsonObject request = ImportKind.request("a.safetensors");
    Job imported =
        jobs.done(ImportKind.NAME, request.toString(), ImportKind.files(request, new byte[99]));
    assertThat(imported.problem()).isPresent();
  }

  @Test
  void theModelIsWrittenWithPatchesInIt() throws Exception {
    Job baked =
        jobs.done(
            "bake",
            "{\"patches\": [{\"id\": \"" + patch + "\", \"strength\": 1}], \"name\": \"no fox\"}");
    assertThat(baked.problem()).isEmpty();
    assertThat(baked.result().get("model").getAsString()).isEqualTo("no-fox");
    assertThat(baked.result().toString()).doesNotContain(state.toString());
    try (ModelOnDisk copy =
            ModelOnDisk.open(state.resolve("models/no-fox"), ReadingOptions.DEFAULT);
        ModelOnDisk own = ModelOnDisk.open(EmbeddedModel.folder(), ReadingOptions.DEFAULT)) {
      Set<String> names = own.base().tensors().names("unet");
      assertThat(copy.base().tensors().names("unet")).isEqualTo(names);
      assertThat(copy.base().tensors().root("unet", names))
          .isNotEqualTo(own.base().tensors().root("unet", names));
    }
  }
}

package dev.forgetmenot.host.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.forgetmenot.host.cli.ProgramRun;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.testkit.EmbeddedModel;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorCommandTest {
  private static final String THREADS = "ai.djl.pytorch.num_threads";

  @TempDir private Path folder;

  @AfterEach
  void forgetThreads() {
    System.clearProperty(THREADS);
    System.clearProperty("java.util.concurrent.ForkJoinPool.common.parallelism");
  }

  private static JsonObject json(String... more) {
    String model = EmbeddedModel.folder().toString();
    ProgramRun run =
        ProgramRun.of(
            Stream.concat(Stream.of("doctor", "--json", "--model", model), Stream.of(more))
                .toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCodes.DONE);
    return JsonParser.parseString(run.out()).getAsJsonObject();
  }

  /** The keys that docs/troubleshooting.md promises. */
  @Test
  void keysAreStable() {
    JsonObject all = json();
    assertThat(all.keySet())
        .containsSubsequence("program", "machine", "java", "engine", "processors", "memory")
        .containsSubsequence("folders", "model", "fits", "problems");
    assertThat(all.getAsJsonObject("machine").keySet())
        .containsExactly("system", "architecture", "processor", "features");
    assertThat(all.getAsJsonObject("engine").keySet())
        .containsExactly("libtorch", "flavour", "starts", "cache", "gpus");
    assertThat(all.getAsJsonObject("processors").keySet())
        .containsExactly("logical", "cores", "quota", "threads");
    assertThat(all.getAsJsonObject("memory").keySet())
        .containsExactly("totalBytes", "availableBytes", "heapMaxBytes");
    assertThat(all.getAsJsonObject("folders").keySet())
        .contains("output", "engineCache", "trust", "temporary");
    assertThat(all.getAsJsonObject("model").keySet())
        .containsExactly("path", "architecture", "predictionType", "components", "notes");
    assertThat(all.getAsJsonArray("problems")).isEmpty();
  }

  @Test
  void theModelIsWhatItsFilesHold() {
    JsonObject components = json().getAsJsonObject("model").getAsJsonObject("components");
    assertThat(components.keySet()).containsExactly("unet", "text_encoder", "vae");
    JsonObject unet = components.getAsJsonObject("unet");
    assertThat(unet.get("parameters").getAsLong()).isEqualTo(7_154_020);
    assertThat(unet.get("bytes").getAsLong()).isEqualTo(2 * 7_154_020);
    assertThat(unet.getAsJsonObject("dtypes").get("F16").getAsInt())
        .isEqualTo(unet.get("tensors").getAsInt());
  }

  @Test
  void largerImagesAndMoreTrainedParametersNeedMore() {
    JsonObject fits = json().getAsJsonObject("fits");
    List<Long> needs =
        List.of("image256", "image512", "image1024", "image2048").stream()
            .map(key -> fits.getAsJsonObject(key).get("estimatedBytes").getAsLong())
            .toList();
    assertThat(needs).isSorted().doesNotHaveDuplicates();
    assertThat(fits.getAsJsonObject("image256").get("fits").getAsBoolean()).isTrue();
    assertThat(fits.getAsJsonObject("trainUnet").get("estimatedBytes").getAsLong())
        .isGreaterThan(
            fits.getAsJsonObject("trainCrossAttention").get("estimatedBytes").getAsLong());
  }

  @Test
  void threadsAreThoseThatAreNamed() {
    JsonObject threads =
        json("--threads", "1").getAsJsonObject("processors").getAsJsonObject("threads");
    assertThat(threads.get("inUse").getAsInt()).isEqualTo(1);
    assertThat(threads.get("reason").getAsString()).contains("--threads");
  }

  @Test
  void aModelThatCannotBeUsedEndsWithOneAndTheRestIsSaid() {
    ProgramRun run = ProgramRun.of("doctor", "--model", folder.toString());
    assertThat(run.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(run.err()).contains("the model cannot be used: ").contains("model_index.json");
    assertThat(run.out())
        .contains("libtorch", "\n  available  ", "\n  total  ", "\n  engine cache  ")
        .doesNotContainPattern("(?m)^  [a-z]+[A-Z]");
  }

  @Test
  void featuresAreReadAsEachSystemWritesThem() {
    assertThat(MachineFindings.features(List.of("flags\t\t: fpu avx2 amx_bf16 x", "flags : sve")))
        .containsExactly("amx_bf16", "avx2");
    assertThat(MachineFindings.features(List.of("Features\t: fp asimd i8mm")))
        .containsExactly("asimd", "i8mm");
    assertThat(
            MachineFindings.features(
                List.of("hw.optional.arm.FEAT_BF16: 1", "hw.optional.arm.FEAT_I8MM: 0")))
        .containsExactly("bf16");
  }
}

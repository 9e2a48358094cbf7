package dev.forgetmenot.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.model.ModelExtension;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.ModelOnDisk;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patching.stack.PatchStack;
import dev.forgetmenot.testkit.GoldenFolders;
import dev.forgetmenot.testkit.PackagedPlugins;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands on a model with two text encoders. */
class TwoTextEncodersCommandsTest {
  private static final Path MODEL = GoldenFolders.inProject("testkit/fixtures/sdxl-tiny/model");
  private static final String TRAINED = " --no-real-image";
  private static final ModelExtension APPLIED =
      model -> {
        try (PatchStack stack = PatchStack.open(model.patches())) {
          stack.on(model.base()).applyTo(model);
        }
      };

  @TempDir static Path plugins;
  @TempDir Path temp;

  @BeforeAll
  static void install() throws IOException {
    PackagedPlugins.copyTo(plugins);
  }

  private Path forgotten(String concept, String method, String options) {
    Path patch = temp.resolve(concept + "-" + method + ".fmnpatch");
    ProgramRun.done(
        "forget " + concept + " --no-report --method=" + method + options,
        "--plugins",
        plugins,
        "--model",
        MODEL,
        "-o",
        patch);
    return patch;
  }

  /** Weights by name and an image. */
  private record State(Map<String, String> weights, String image) {
    static State of(StableDiffusion sd) {
      Map<String, String> digests =
          sd.engine()
              .call(
                  () -> {
                    Map<String, String> all = new TreeMap<>();
                    for (String name : sd.weights().names()) {
                      all.put(name, digest(sd.weights().current(name)));
                    }
                    return all;
                  });
      GenerationRequest request = GenerationRequest.of("a castle").sampled("ddim", 2);
      return new State(digests, Sha256.hex(sd.generate(request).get(0).rgb()));
    }

    private static String digest(float[] values) {
      ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length);
      for (float value : values) {
        assertThat(value).isFinite();
        bytes.putFloat(value);
      }
      return Sha256.hex(bytes.array());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "uce, ''",
    "rece, ''",
    "oblique, ''",
    "speed, --preserve=boat;tree",
    "cure, ''",
    "dp, --preserve=boat;tree",
    "resteer, --trainable=lora --steps=2" + TRAINED,
    "resteer, --trainable=cross-attention --steps=2" + TRAINED,
    "resteer, --trainable=lora --steps=2 --resolution=8 --gradient-checkpointing" + TRAINED,
    "resteer, --trainable=lora --steps=2 --resolution=8 --num-images=1 --learning-rate=1e-2",
    "esd, --starts=1 --start-steps=2 --steps=2",
    "esd, --starts=1 --start-steps=2 --steps=2 --resolution=8",
    "ablate, --num-images=1 --steps=2",
  })
  void whatIsForgottenGoesOnAndOffWithoutATrace(String method, String options) throws IOException {
    Path patch = forgotten("castle", method, options.isEmpty() ? "" : " " + options);
    Path second = forgotten("boat", "uce", "");
    try (PatchFile file = PatchFile.open(second)) {
      assertThat(file.manifest().base().textEncoder2()).isPresent();
      assertThat(file.manifest().version().minor()).isEqualTo(5);
    }
    try (StableDiffusion sd = StableDiffusion.load(MODEL, LoadOptions.defaults())) {
      State before = State.of(sd);
      PatchRequest one = new PatchRequest(patch, 1);
      sd.repatch(List.of(one), APPLIED);
      State patched = State.of(sd);
      assertThat(patched.weights()).isNotEqualTo(before.weights());
      assertThat(patched.weights().keySet()).isEqualTo(before.weights().keySet());
      assertThat(patched.image()).isNotEqualTo(before.image());
      sd.repatch(List.of(one, new PatchRequest(second, 1)), APPLIED);
      assertThat(State.of(sd).weights()).isNotEqualTo(patched.weights());
      sd.repatch(List.of(one), APPLIED);
      assertThat(State.of(sd)).isEqualTo(patched);
      sd.repatch(List.of(), APPLIED);
      assertThat(State.of(sd)).isEqualTo(before);
    }
    ProgramRun.done(
        "patch stack", "--plugins", plugins, "--model", MODEL, patch, second, "--prove");
  }

  @Test
  void aLoraComesBackAsItWent() throws IOException {
    Path patch = forgotten("castle", "resteer", " --trainable=lora --steps=2" + TRAINED);
    for (String names : List.of("kohya", "diffusers")) {
      Path lora = temp.resolve(names + ".safetensors");
      Path back = temp.resolve(names + ".fmnpatch");
      ProgramRun.done("patch export --to lora --names", names, "--model", MODEL, patch, "-o", lora);
      ProgramRun.done("patch import", lora, "--model", MODEL, "-o", back);
      Map<String, double[]> expected = changes(patch);
      Map<String, double[]> found = changes(back);
      assertThat(found.keySet()).isEqualTo(expected.keySet()).isNotEmpty();
      expected.forEach(
          (name, values) -> {
            double[] own = found.get(name);
            for (int i = 0; i < values.length; i++) {
              assertThat(own[i]).as(name).isCloseTo(values[i], within(values[i]));
            }
          });
    }
  }

  private static org.assertj.core.data.Offset<Double> within(double value) {
    return org.assertj.core.data.Offset.offset(1e-6 * Math.max(1e-3, Math.abs(value)));
  }

  /** The weights with a patch, by name. */
  private static Map<String, double[]> changes(Path patch) throws IOException {
    Map<String, double[]> changes = new TreeMap<>();
    try (ModelOnDisk model = ModelOnDisk.open(MODEL);
        PatchStack stack = PatchStack.open(List.of(new PatchRequest(patch, 1)))) {
      var weights = stack.on(model.base()).weights();
      for (String target : weights.targets()) {
        List<double[]> strips = new ArrayList<>();
        weights.sum(target).forEachStrip((first, values) -> strips.add(values.clone()));
        changes.put(target, strips.stream().flatMapToDouble(java.util.Arrays::stream).toArray());
      }
    }
    return changes;
  }

  @Test
  void tokensAreLearnedInBothEncoders() throws IOException {
    Path drawn = temp.resolve("drawn");
    String on = "--plugins " + plugins + " --model " + MODEL;
    ProgramRun.done("generate castle --steps=1 --count=2 " + on, "-o", drawn);
    Path output = temp.resolve("inverted");
    Path patch = temp.resolve("tokens.fmnpatch");
    ProgramRun.done(
        "invert " + drawn + " --steps=2 --tokens=2 --tokens-patch " + patch + " " + on,
        "-o",
        output);
    ProgramRun.done("patch conflicts --model " + MODEL, patch, forgotten("castle", "uce", ""));
    ProgramRun.done(
        "generate <s1><s2> --steps=1 --embedding "
            + output.resolve("learned_embeds.safetensors")
            + " "
            + on,
        "-o",
        temp.resolve("again"));
    try (PatchFile file = PatchFile.open(patch)) {
      assertThat(file.edit(file.manifest().edits().get(0)).tokens().values())
          .allMatch(rows -> rows.width() == 72);
    }
  }

  @Test
  void whatTheModelIsToldIsDrawnAgainFromTheImage() throws IOException {
    String on = " --plugins " + plugins + " --model " + MODEL;
    Path first = temp.resolve("first");
    Path again = temp.resolve("again");
    ProgramRun.done(
        "generate castle --steps=1 --size=32x16 --prompt-2=boat --original-size=48x40 --crop=4,8"
            + " --target-size=24x24"
            + on,
        "-o",
        first);
    ProgramRun.done("generate --from " + image(first) + on, "-o", again);
    assertThat(Files.readAllBytes(image(again))).isEqualTo(Files.readAllBytes(image(first)));
  }

  private static Path image(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".png")).findFirst().orElseThrow();
    }
  }
}

package dev.forgetmenot.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import dev.forgetmenot.testkit.GoldenFolders;
import dev.forgetmenot.testkit.PackagedPlugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What does not go together with a model of two text encoders, named before work starts. */
class TwoTextEncodersRefusalsTest {
  private static final Path FIXTURES = GoldenFolders.inProject("testkit/fixtures");
  private static final Path TWO = FIXTURES.resolve("sdxl-tiny/model");
  private static final Path ONE = FIXTURES.resolve("sd1-tiny/model");
  private static final String LORA = " --method=resteer --trainable=lora --steps=1 --no-real-image";

  @TempDir static Path plugins;
  @TempDir Path temp;

  @BeforeAll
  static void install() throws IOException {
    PackagedPlugins.copyTo(plugins);
  }

  private static void refused(List<String> said, String command, Object... more) {
    ProgramRun run = ProgramRun.line(command, more);
    assertThat(run.code()).as(command + "\n" + run.out()).isNotZero();
    assertThat(run.err()).contains(said).doesNotContain("FMN-799");
  }

  private Path forgotten(Path model, String options) {
    Path patch = temp.resolve(model.getParent().getFileName() + ".fmnpatch");
    ProgramRun.done(
        "forget castle --no-report --overwrite" + options,
        "--plugins",
        plugins,
        "--model",
        model,
        "-o",
        patch);
    return patch;
  }

  private Object[] drawing(Path model) {
    return new Object[] {
      "--steps", "1", "--plugins", plugins, "--model", model, "-o", temp.resolve("drawn")
    };
  }

  private static Object[] with(Object[] some, Object... more) {
    List<Object> all = new ArrayList<>(List.of(some));
    all.addAll(List.of(more));
    return all.toArray();
  }

  @Test
  void patchesForTheOtherKindOfModel() throws IOException {
    Path one = forgotten(ONE, " --method=uce");
    Path two = forgotten(TWO, " --method=uce");
    refused(
        List.of("for a model with one text encoder", "this one has 2 text encoders"),
        "generate castle",
        with(drawing(TWO), "--patch", one));
    refused(
        List.of("for a model with 2 text encoders", "this one has one text encoder"),
        "generate castle",
        with(drawing(ONE), "--patch", two));
    Path trainedOne = forgotten(ONE, LORA);
    Path trainedTwo = forgotten(TWO, LORA);
    refused(
        List.of("it fits the base", "not the model in " + TWO),
        "generate castle",
        with(drawing(TWO), "--patch", trainedOne));
    refused(
        List.of("it fits the base", "not the model in " + ONE),
        "generate castle",
        with(drawing(ONE), "--patch", trainedTwo));
    for (Path model : List.of(ONE, TWO)) {
      Path lora = temp.resolve("lora.safetensors");
      Path patch = model.equals(ONE) ? trainedOne : trainedTwo;
      Path other = model.equals(ONE) ? TWO : ONE;
      ProgramRun.done("patch export --to lora --overwrite --model", model, patch, "-o", lora);
      refused(
          List.of("it was made for"),
          "patch import",
          lora,
          "--model",
          other,
          "-o",
          temp.resolve("imported.fmnpatch"));
    }
  }

  @Test
  void embeddingsForOneOfTheEncoders() throws IOException {
    Path half = temp.resolve("half.safetensors");
    new SafetensorsWriter().add("clip_g", DType.F32, new long[] {1, 40}, new float[40]).write(half);
    Path narrow = temp.resolve("narrow.safetensors");
    new SafetensorsWriter().add("<x>", DType.F32, new long[] {32}, new float[32]).write(narrow);
    Path wide = temp.resolve("wide.safetensors");
    new SafetensorsWriter().add("<x>", DType.F32, new long[] {72}, new float[72]).write(wide);
    String both = "clip_l and clip_g, both of them";
    refused(List.of(both), "generate castle", with(drawing(TWO), "--embedding", half));
    Path patch = temp.resolve("tokens.fmnpatch");
    refused(List.of(both), "patch import", half, "--model", TWO, "-o", patch);
    refused(List.of("72"), "generate castle", with(drawing(TWO), "--embedding", narrow));
    refused(List.of("32 + 40"), "patch import", narrow, "--model", TWO, "-o", patch);
    refused(List.of("32"), "generate castle", with(drawing(ONE), "--embedding", wide));
  }

  @Test
  void promptsThatTheTokenizersReadOtherwise() throws IOException {
    Path model = GoldenFolders.copy(TWO, temp.resolve("model"));
    Path merges = model.resolve("tokenizer_2/merges.txt");
    List<String> lines = Files.readAllLines(merges);
    Files.write(merges, lines.subList(0, 40));
    String words = "lighthouse ".repeat(30).strip();
    ProgramRun drawn =
        ProgramRun.line("generate", with(drawing(model), words, "--no-prompt-weights"));
    assertThat(drawn.code()).as(drawn.err()).isZero();
    assertThat(drawn.err() + drawn.out()).contains("text encoder 2, which does not see");
    for (String method : List.of("uce", "resteer --no-real-image --steps=2")) {
      ProgramRun.done(
          "forget lighthouse --no-report --overwrite --method=" + method,
          "--plugins",
          plugins,
          "--model",
          model,
          "-o",
          temp.resolve("a.fmnpatch"));
    }
  }

  @Test
  void sizesAndSecondPrompts() throws IOException {
    refused(List.of("101"), "generate castle --size=101x100", drawing(TWO));
    refused(List.of("--crop", "like 0,128"), "generate castle --crop=8", drawing(TWO));
    refused(List.of("--target-size"), "generate castle --target-size=8", drawing(TWO));
    refused(List.of("one text encoder"), "generate castle --prompt-2=boat", drawing(ONE));
    refused(List.of("not trained with the sizes"), "generate castle --crop=8,8", drawing(ONE));
    refused(
        List.of("the second prompt names a patch"),
        "generate castle --prompt-2=<patch:a>",
        drawing(TWO));
    Path model = GoldenFolders.copy(TWO, temp.resolve("model"));
    Files.move(model.resolve("text_encoder_2"), temp.resolve("gone"));
    refused(List.of("has no folder text_encoder_2"), "generate castle", drawing(model));
  }
}

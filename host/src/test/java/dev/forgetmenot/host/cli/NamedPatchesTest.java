package dev.forgetmenot.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.kit.image.ImageFile;
import dev.forgetmenot.patching.library.StackRecipe;
import dev.forgetmenot.testkit.EmbeddedModel;
import dev.forgetmenot.testkit.PackagedPlugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Patches that are asked for by name, in prompts, from patches/ folders and by recipes. */
class NamedPatchesTest {
  @TempDir static Path folder;
  private static String plugins;
  private static Path model;
  private static Path patches;
  private static Path first;
  private static Path second;

  @BeforeAll
  static void forget() throws IOException {
    plugins = PackagedPlugins.copyTo(folder.resolve("plugins")).toString();
    Path source = EmbeddedModel.folder();
    model = folder.resolve("models/copy");
    Files.createDirectories(model.getParent());
    try (var files = Files.walk(source)) {
      for (Path file : files.toList()) {
        Files.copy(file, model.resolve(source.relativize(file).toString()));
      }
    }
    patches = Files.createDirectory(folder.resolve("models/patches"));
    first = forget("castle", patches.resolve("no-castle.fmnpatch"));
    second = forget("fox", patches.resolve("other.fmnpatch"));
    Files.writeString(patches.resolve("broken.fmnpatch"), "not a patch");
  }

  private static Path forget(String concept, Path patch) {
    ProgramRun run =
        ProgramRun.of(
            "forget",
            concept,
            "--method=closed-form",
            "--no-report",
            "--plugins",
            plugins,
            "--model",
            model.toString(),
            "-o",
            patch.toString());
    assertThat(run.err()).doesNotContain("fmn:");
    return patch;
  }

  private static ProgramRun generate(String prompt, Path images, String... more) {
    List<String> args = new ArrayList<>(List.of(prompt));
    args.addAll(List.of(more));
    return drawn(images, args);
  }

  private static ProgramRun drawn(Path images, List<String> more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "generate",
                "--plugins",
                plugins,
                "--model",
                model.toString(),
                "--steps",
                "1",
                "--seed",
                "1",
                "-o",
                images.toString()));
    args.addAll(more);
    return ProgramRun.of(args.toArray(String[]::new));
  }

  private static byte[] image(Path images) throws IOException {
    return ImageFile.read(images.resolve("00000-1.png")).image().rgb();
  }

  @Test
  void aPromptNamesPatches(@TempDir Path out) throws IOException {
    Path tagged = out.resolve("tagged");
    ProgramRun run = generate("a castle <patch:no-castle:0.5><patch:forget-fox>", tagged);
    assertThat(run.err()).doesNotContain("fmn:");
    String infotext = ImageFile.text(tagged.resolve("00000-1.png"), PngFile.KEYWORD).orElseThrow();
    assertThat(infotext)
        .startsWith("a castle\n")
        .contains("forget-castle@1.0.0:0.5", "forget-fox@1.0.0:1");

    Path named = out.resolve("named");
    generate("a castle", named, "--patch", first + ":0.5", "--patch", "forget-fox@1.0.0");
    assertThat(image(named)).isEqualTo(image(tagged));
    Path plain = out.resolve("plain");
    generate("a castle", plain);
    assertThat(image(plain)).isNotEqualTo(image(tagged));
  }

  @Test
  void aLoraTagNamesAPatchOrSaysHowToImportOne(@TempDir Path out) throws IOException {
    assertThat(generate("a castle <lora:no-castle:0.5>", out.resolve("lora")).code()).isZero();
    generate("a castle <patch:no-castle:0.5>", out.resolve("patch"));
    assertThat(image(out.resolve("lora"))).isEqualTo(image(out.resolve("patch")));
    ProgramRun none = generate("a castle <lora:ink:1>", out.resolve("none"));
    assertThat(none.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(none.err())
        .contains("there is no patch 'ink'", "fmn patch import ink.safetensors -o patches/ink");
    assertThat(out.resolve("none")).doesNotExist();
  }

  @Test
  void linesOfAFileNameTheirOwnPatches(@TempDir Path out) throws IOException {
    Path prompts =
        Files.write(out.resolve("prompts.txt"), List.of("a castle <patch:no-castle:0.5>", "a fox"));
    Path lines = out.resolve("lines");
    assertThat(drawn(lines, List.of("--prompts", prompts.toString())).code()).isZero();
    assertThat(ImageFile.text(lines.resolve("00000-1.png"), PngFile.KEYWORD).orElseThrow())
        .startsWith("a castle\n")
        .contains("forget-castle@1.0.0:0.5");
    assertThat(ImageFile.text(lines.resolve("00001-1.png"), PngFile.KEYWORD).orElseThrow())
        .startsWith("a fox\n")
        .doesNotContain("Patches");
  }

  @Test
  void generateOpensEachPatchOnce(@TempDir Path out) throws IOException {
    Path recipe = out.resolve("two.fmnstack");
    try (StableDiffusion base = StableDiffusion.load(model, LoadOptions.defaults())) {
      StackRecipe.write(
          recipe, List.of(new PatchRequest(first, 0.5), new PatchRequest(second, 1)), base.base());
    }
    assertThat(opened(out, "a castle", "--patch", first.toString(), "--patch", second.toString()))
        .containsExactlyInAnyOrder(first.toString(), second.toString());
    assertThat(opened(out, "a castle", "--stack", recipe.toString()))
        .containsExactlyInAnyOrder(first.toString(), second.toString());
    String tagged = "a castle <patch:no-castle:0.5>";
    assertThat(opened(out, tagged, "--patch", second.toString(), "--count", "33"))
        .containsExactlyInAnyOrder(first.toString(), second.toString()); // in two batches
  }

  /** The files of the patches that are opened and checked while an image is drawn. */
  private static List<String> opened(Path out, String prompt, String... patched)
      throws IOException {
    Path events = Files.createTempFile(out, "openings", ".jfr");
    try (Recording recording = new Recording()) {
      recording.enable("dev.forgetmenot.PatchOpening").withThreshold(Duration.ZERO);
      recording.start();
      assertThat(generate(prompt, out.resolve("images"), patched).err()).doesNotContain("fmn:");
      recording.stop();
      recording.dump(events);
    }
    return RecordingFile.readAllEvents(events).stream()
        .filter(event -> event.getBoolean("whole"))
        .map(event -> event.getString("path"))
        .toList();
  }

  @Test
  void anUnknownNameSaysWhatThereIs(@TempDir Path out) {
    ProgramRun run = generate("a castle <patch:castel>", out.resolve("p"));
    assertThat(run.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(run.err()).contains("no patch 'castel'", "no-castle.fmnpatch", "other.fmnpatch");
    assertThat(out.resolve("p")).doesNotExist();
  }

  @Test
  void withoutThePluginAPromptThatNamesAPatchIsRefused(@TempDir Path out) throws IOException {
    ProgramRun run =
        ProgramRun.of(
            "generate",
            "a castle <patch:no-castle>",
            "--plugins",
            Files.createDirectory(out.resolve("none")).toString(),
            "--model",
            model.toString(),
            "-o",
            out.resolve("p").toString());
    assertThat(run.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(run.err()).contains("plugin-patch").contains("is missing").contains("fmn plugins");
    assertThat(out.resolve("p")).doesNotExist();
  }

  @Test
  void listsWhatCanBeNamed() {
    ProgramRun run = ProgramRun.of("patch", "list", "--model", model.toString());
    assertThat(run.out())
        .contains("no-castle.fmnpatch  forget-castle@1.0.0, forget castle, ")
        .contains("broken.fmnpatch  cannot be read: ");
  }

  @Test
  void aRecipeFindsItsPatchesAndIsKeptToItsWord(@TempDir Path out) throws IOException {
    Path file = out.resolve("two.fmnstack");
    try (StableDiffusion base = StableDiffusion.load(model, LoadOptions.defaults())) {
      StackRecipe.write(
          file, List.of(new PatchRequest(first, 0.5), new PatchRequest(second, 1)), base.base());
    }
    ProgramRun run = generate("a castle", out.resolve("a"), "--stack", file.toString());
    assertThat(run.err()).doesNotContain("fmn:");
    assertThat(run.out()).contains("promises");
    generate("a castle <patch:no-castle:0.5><patch:other>", out.resolve("b"));
    assertThat(image(out.resolve("a"))).isEqualTo(image(out.resolve("b")));

    String recipe = Files.readString(file);
    String root = recipe.replaceAll("(?s).*\"result\": \\{\\s*\"unet\": \"([0-9a-f]{64}).*", "$1");
    String other = "0".repeat(64);
    Files.writeString(file, recipe.replace(root, other));
    ProgramRun mismatch = generate("a castle", out.resolve("c"), "--stack", file.toString());
    assertThat(mismatch.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(mismatch.err()).contains("FMN-606");

    String id = recipe.replaceAll("(?s).*\"id\": \"([0-9a-f]{64}).*", "$1");
    Files.writeString(file, recipe.replace(id, other));
    ProgramRun missing = generate("a castle", out.resolve("d"), "--stack", file.toString());
    assertThat(missing.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(missing.err()).contains("FMN-602", other);
  }
}

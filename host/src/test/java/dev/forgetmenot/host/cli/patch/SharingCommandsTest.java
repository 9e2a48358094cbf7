package dev.forgetmenot.host.cli.patch;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.host.cli.ProgramRun;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.keys.SigningKey;
import dev.forgetmenot.kit.image.ImageFile;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.PatchPreview;
import dev.forgetmenot.patch.PatchSigner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code fmn patch preview}, {@code card} and {@code export --sidecars}, on files alone. */
class SharingCommandsTest extends FileCommands {
  private static final String RECIPE =
      "a photo of a castle\nSteps: 20, Sampler: DDIM, CFG scale: 7.5, Seed: 9007199254740993";

  private RgbImage before;

  @BeforeEach
  void makeAPatchAndImages() throws IOException {
    ProgramRun in = imported(lora(), "a.fmnpatch", "--concept", "castle", "--license", "MIT");
    assertThat(in.code()).as(in.err()).isZero();
    before = grey(64, 64, 10);
    PngFile.write(folder.resolve("before.png"), before, RECIPE);
    PngFile.write(folder.resolve("after.png"), grey(600, 300, 200), RECIPE);
    PngFile.write(folder.resolve("bare.png"), before, "");
  }

  private static RgbImage grey(int width, int height, int value) {
    byte[] rgb = new byte[3 * width * height];
    Arrays.fill(rgb, (byte) value);
    return new RgbImage(width, height, rgb);
  }

  private ProgramRun preview(String... more) {
    return run(
        Stream.concat(
                Stream.of("preview", at("a.fmnpatch"), "-o", at("b.fmnpatch")), Stream.of(more))
            .toArray(String[]::new));
  }

  private ProgramRun withImages() {
    return preview("--before", at("before.png"), "--after", at("after.png"), "--strength", "0.5");
  }

  private List<String> names(String name) throws IOException {
    Path root = folder.resolve(name);
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> root.relativize(file).toString().replace('\\', '/'))
          .sorted()
          .toList();
    }
  }

  @Test
  void imagesSayThemselvesOfWhatTheyAre() throws IOException {
    ProgramRun added = withImages();
    assertThat(added.code()).as(added.err()).isZero();
    assertThat(added.out()).contains("b.fmnpatch, with 2 images");
    try (PatchFile patch = PatchFile.open(folder.resolve("b.fmnpatch"))) {
      assertThat(patch.manifest().previews())
          .containsExactly(
              new PatchPreview(
                  "docs/preview-1.png",
                  PatchPreview.Side.BEFORE,
                  "a photo of a castle",
                  9007199254740993L,
                  0),
              new PatchPreview(
                  "docs/preview-2.png",
                  PatchPreview.Side.AFTER,
                  "a photo of a castle",
                  9007199254740993L,
                  0.5));
      assertThat(new String(patch.content("docs/preview-1.png"), StandardCharsets.ISO_8859_1))
          .doesNotContain("parameters"); // what else an image says does not go along
    }
    ProgramRun inspected = run("inspect", at("b.fmnpatch"), "--previews", at("out"));
    assertThat(inspected.code()).isZero();
    assertThat(inspected.out())
        .contains("docs/preview-2.png, after, \"a photo of a castle\", seed 9007199254740993");
    assertThat(names("out")).containsExactly("preview-1.png", "preview-2.png");
    assertThat(ImageFile.read(folder.resolve("out/preview-1.png")).image().rgb())
        .isEqualTo(before.rgb());
    assertThat(ImageFile.read(folder.resolve("out/preview-2.png")).width()).isEqualTo(512);
    ProgramRun again = run("inspect", at("b.fmnpatch"), "--previews", at("out"));
    assertThat(again.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(again.err()).contains("preview-1.png exists already", "--previews");
    assertThat(run("inspect", at("a.fmnpatch"), "--previews", at("none")).err())
        .contains("the patch has no images");
  }

  @Test
  void whatAnImageDoesNotSayTheUserSays() throws IOException {
    assertThat(preview("--before", at("bare.png")).err()).contains("bare.png", "--prompt");
    assertThat(preview("--before", at("bare.png"), "--prompt", "x").err()).contains("--seed");
    assertThat(preview("--before", at("bare.png"), "--prompt", "x", "--seed", "-1").err())
        .contains("--seed");
    assertThat(preview().err()).contains("--before, --after or both");
    assertThat(preview("--after", at("bare.png"), "--strength", "NaN").code())
        .isEqualTo(ExitCodes.WRONG_USE);
    assertThat(preview("--before", at("a.fmnpatch"), "--prompt", "x", "--seed", "1").err())
        .contains("a.fmnpatch");
    assertThat(folder.resolve("b.fmnpatch")).doesNotExist();
    assertThat(preview("--after", at("bare.png"), "--prompt", "x", "--seed", "1").code()).isZero();
    assertThat(withImages().err()).contains("--overwrite");
  }

  @Test
  void aSignedPatchKeepsItsImages() throws IOException {
    PatchSigner.embed(folder.resolve("a.fmnpatch"), SigningKey.generate());
    ProgramRun added = withImages();
    assertThat(added.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(added.err()).contains("is signed", "before you sign");
    assertThat(folder.resolve("b.fmnpatch")).doesNotExist();
  }

  @Test
  void aCardIsAFolderToUpload() throws IOException {
    withImages();
    Path patch = folder.resolve("b.fmnpatch");
    SigningKey key = SigningKey.generate();
    PatchSigner.detach(patch, key);
    ProgramRun card = run("card", at("b.fmnpatch"), "-o", at("card"), "--base-model", "someone/sd");
    assertThat(card.code()).as(card.err()).isZero();
    assertThat(card.out()).contains("2 images, LoRA");
    assertThat(names("card"))
        .containsExactly(
            "README.md",
            "a-small-one-1.0.0.fmnpatch",
            "a-small-one-1.0.0.fmnpatch.sig",
            "a-small-one.safetensors",
            "images/0.png",
            "images/1.png");
    assertThat(folder.resolve("card/a-small-one-1.0.0.fmnpatch")).hasSameBinaryContentAs(patch);
    run("export", at("b.fmnpatch"), "--to", "lora", "-o", at("b.safetensors"));
    assertThat(folder.resolve("card/a-small-one.safetensors"))
        .hasSameBinaryContentAs(folder.resolve("b.safetensors"));
    assertThat(Files.readString(folder.resolve("card/README.md"), StandardCharsets.UTF_8))
        .contains("license: \"mit\"", "base_model: \"someone/sd\"", "library_name: \"diffusers\"")
        .contains("by the key: `" + key.verification().id() + "`")
        .contains("exact at weight 1.\n");
    ProgramRun again = run("card", at("b.fmnpatch"), "-o", at("card"));
    assertThat(again.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(again.err()).contains("--overwrite");
    assertThat(run("card", at("b.fmnpatch"), "-o", at("card"), "--overwrite").out())
        .contains("names no base on the Hub: --base-model");
    assertThat(run("card", at("b.fmnpatch"), "-o", at("c"), "--base-model", "a: b").code())
        .isEqualTo(ExitCodes.WRONG_USE);
    assertThat(folder.resolve("c")).doesNotExist();
  }

  @Test
  void onlyAnExactLoraGoesAlong() throws IOException {
    imported(replaced(MODEL), "u.fmnpatch", "--name", "u");
    ProgramRun alone = run("card", at("u.fmnpatch"), "-o", at("one"));
    assertThat(alone.code()).as(alone.err()).isZero();
    assertThat(alone.out()).contains("no LoRA: ", "--model");
    assertThat(names("one")).containsExactly("README.md", "u-1.0.0.fmnpatch");
    assertThat(Files.readString(folder.resolve("one/README.md"), StandardCharsets.UTF_8))
        .doesNotContain("diffusers", "lora", "Gallery", "base_model:");
    ProgramRun based = run("card", at("u.fmnpatch"), "-o", at("two"), "--model", MODEL.toString());
    assertThat(based.code()).as(based.err()).isZero();
    assertThat(names("two")).containsExactly("README.md", "u-1.0.0.fmnpatch", "u.safetensors");
    assertThat(Files.readString(folder.resolve("two/README.md"), StandardCharsets.UTF_8))
        .contains("exact at weight 1 on the base below alone");
    imported(replaced(MODEL), "d.fmnpatch", "--name", "d", "--as", "delta");
    ProgramRun full = run("card", at("d.fmnpatch"), "-o", at("three"));
    assertThat(full.out()).contains("no LoRA: ", "changed in full");
  }

  @Test
  void sidecarsAreThoseOfA1111() throws IOException {
    withImages();
    String[] export = {
      "export", at("b.fmnpatch"), "--to", "lora", "--sidecars", "-o", at("x.safetensors")
    };
    ProgramRun out = run(export);
    assertThat(out.code()).as(out.err()).isZero();
    JsonObject json = JsonParser.parseString(json()).getAsJsonObject();
    assertThat(json.keySet())
        .containsExactly(
            "description", "activation text", "preferred weight", "negative text", "notes");
    assertThat(json.get("preferred weight").getAsDouble()).isEqualTo(1);
    assertThat(json.get("activation text").getAsString()).isEmpty();
    try (PatchFile patch = PatchFile.open(folder.resolve("b.fmnpatch"))) {
      assertThat(json.get("description").getAsString()).isEqualTo(patch.manifest().description());
      assertThat(json.get("notes").getAsString()).contains(patch.id(), "MIT");
      assertThat(Files.readAllBytes(folder.resolve("x.preview.png")))
          .isEqualTo(patch.content("docs/preview-2.png"));
    }
    Files.writeString(folder.resolve("x.json"), "{}", StandardCharsets.UTF_8);
    Files.delete(folder.resolve("x.safetensors"));
    ProgramRun kept = run(export);
    assertThat(kept.code()).isZero();
    assertThat(kept.out()).contains("kept " + at("x.json"));
    assertThat(json()).isEqualTo("{}");
    String[] anew = Arrays.copyOf(export, export.length + 1);
    anew[export.length] = "--overwrite";
    assertThat(run(anew).code()).isZero();
    assertThat(json()).contains("activation text");
    assertThat(folder.resolve("x.civitai.info")).doesNotExist();
    export[3] = "embeddings";
    assertThat(run(export).code()).isEqualTo(ExitCodes.WRONG_USE);
  }

  private String json() throws IOException {
    return Files.readString(folder.resolve("x.json"), StandardCharsets.UTF_8);
  }
}

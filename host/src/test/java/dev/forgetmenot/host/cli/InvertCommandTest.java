package dev.forgetmenot.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.kit.image.ImageFile;
import dev.forgetmenot.patching.embeddings.Embeddings;
import dev.forgetmenot.patching.embeddings.EmbeddingsFile;
import dev.forgetmenot.testkit.EmbeddedModel;
import dev.forgetmenot.testkit.PackagedPlugins;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code fmn invert} and {@code generate --embedding} on the real model, with few steps. */
class InvertCommandTest {
  @TempDir Path folder;

  @BeforeEach
  void draw() throws IOException {
    Path images = Files.createDirectory(folder.resolve("pictures"));
    for (int i = 0; i < 2; i++) {
      BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
      Graphics2D graphics = image.createGraphics();
      graphics.setColor(i == 0 ? Color.ORANGE : Color.CYAN);
      graphics.fillOval(8, 8, 40, 48);
      graphics.dispose();
      PngFile.write(images.resolve(i + ".png"), image, "");
    }
  }

  private String[] command(String output, String... more) {
    List<String> args =
        new ArrayList<>(List.of("invert", folder.resolve("pictures").toString(), "--steps", "4"));
    args.addAll(List.of("--plugins", folder.toString()));
    args.addAll(List.of("--model", EmbeddedModel.folder().toString()));
    args.addAll(List.of("-o", folder.resolve(output).toString()));
    args.addAll(List.of(more));
    return args.toArray(String[]::new);
  }

  private ProgramRun generate(String prompt, Path... embeddings) {
    List<String> args = new ArrayList<>(List.of("generate", prompt, "--seed", "1", "--steps", "2"));
    args.addAll(List.of("--plugins", folder.toString()));
    args.addAll(List.of("--model", EmbeddedModel.folder().toString()));
    args.addAll(List.of("-o", folder.resolve("drawn").toString()));
    for (Path file : embeddings) {
      args.addAll(List.of("--embedding", file.toString()));
    }
    return ProgramRun.of(args.toArray(String[]::new));
  }

  private List<String> files(String output) throws IOException {
    try (var entries = Files.list(folder.resolve(output))) {
      return entries.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void tokensOfImagesCanBeSavedLookedAtAndUsed() throws IOException {
    ProgramRun run =
        ProgramRun.of(command("out", "--tokens", "2", "--save-every", "2", "--previews", "1"));
    assertThat(run.err()).doesNotContain("fmn:");
    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("inverting 2 images", "step 2: loss", "a photo of <s1><s2>");
    assertThat(files("out"))
        .containsExactly(
            "learned_embeds.safetensors",
            "loss.csv",
            "loss.png",
            "step_inv_2.png",
            "step_inv_2.safetensors",
            "step_inv_4.png",
            "step_inv_4.safetensors");
    Path file = folder.resolve("out/learned_embeds.safetensors");
    Embeddings learned = EmbeddingsFile.read(file);
    assertThat(learned.phrase()).isEqualTo("<s1><s2>");
    assertThat(learned.vectors().get("<s1>"))
        .isDeepEqualTo(
            EmbeddingsFile.read(folder.resolve("out/step_inv_4.safetensors"))
                .vectors()
                .get("<s1>"));
    assertThat(Files.readAllLines(folder.resolve("out/loss.csv"))).hasSize(5);

    ProgramRun drawn = generate("a photo of <s1><s2>", file);
    assertThat(drawn.out()).contains("token <s1>, <s2> from");
    Path with = folder.resolve("drawn/00000-1.png");
    assertThat(ImageFile.text(with, PngFile.KEYWORD).orElseThrow())
        .contains("Embeddings: learned_embeds.safetensors");
    assertThat(generate("a photo of <s1><s2>").code()).isZero();
    assertThat(ImageFile.read(folder.resolve("drawn/00001-1.png")).image().rgb())
        .isNotEqualTo(ImageFile.read(with).image().rgb());

    ProgramRun twice = generate("a photo of <s1>", file, file);
    assertThat(twice.code()).isEqualTo(ExitCodes.WRONG_USE);
    assertThat(twice.err()).contains(file.toString(), "is there already");
    ProgramRun again = ProgramRun.of(command("out"));
    assertThat(again.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(again.err()).contains("learned_embeds.safetensors exists already", "--overwrite");
    assertThat(ProgramRun.of(command("out", "--steps", "1", "--overwrite")).code()).isZero();
  }

  @Test
  void otherFormsHoldOneTokenOfSeveralVectors() throws IOException {
    ProgramRun run =
        ProgramRun.of(command("a", "--steps", "1", "--format", "a1111", "--token-name", "<thing>"));
    assertThat(run.out()).contains("a photo of <thing>");
    assertThat(files("a")).contains("thing.safetensors");
    Path file = folder.resolve("a/thing.safetensors");
    assertThat(EmbeddingsFile.read(file).vectors().get("thing")).hasDimensions(4, 128);
    ProgramRun drawn = generate("a photo of thing", file);
    assertThat(drawn.out()).contains("token thing (4 vectors)");
  }

  @Test
  void tokensTravelInAPatch() throws IOException {
    Path patch = folder.resolve("tokens.fmnpatch");
    ProgramRun made =
        ProgramRun.of(command("p", "--steps", "1", "--tokens-patch", patch.toString()));
    assertThat(made.err()).doesNotContain("fmn:");
    assertThat(made.code()).isZero();
    Path plugins = PackagedPlugins.copyTo(folder.resolve("plugins"));
    String prompt = "a photo of <s1><s2><s3><s4>";
    Path drawn = folder.resolve("patched");
    ProgramRun patched =
        ProgramRun.of(
            "generate",
            prompt,
            "--seed",
            "1",
            "--steps",
            "2",
            "--patch",
            patch.toString(),
            "--plugins",
            plugins.toString(),
            "--model",
            EmbeddedModel.folder().toString(),
            "-o",
            drawn.toString());
    assertThat(patched.err()).doesNotContain("fmn:");
    assertThat(patched.code()).isZero();
    generate(prompt, folder.resolve("p/learned_embeds.safetensors"));
    assertThat(ImageFile.read(drawn.resolve("00000-1.png")).image().rgb())
        .isEqualTo(ImageFile.read(folder.resolve("drawn/00000-1.png")).image().rgb());
  }

  @Test
  void aStoppedInversionGoesOnAndEndsAtTheSameRows() throws IOException {
    assertThat(ProgramRun.of(command("whole")).code()).isZero();
    AtomicInteger asked = new AtomicInteger();
    ProgramRun stopped =
        ProgramRun.stoppedWhen(() -> asked.incrementAndGet() > 2, command("halves"));
    assertThat(stopped.code()).isEqualTo(ExitCodes.STOPPED);
    assertThat(stopped.out()).contains("--resume");
    assertThat(files("halves")).containsExactly("checkpoint.safetensors", "loss.csv", "loss.png");
    ProgramRun careless = ProgramRun.of(command("halves"));
    assertThat(careless.err()).contains("go on by --resume");
    ProgramRun resumed = ProgramRun.of(command("halves", "--resume"));
    assertThat(resumed.out()).contains("resuming after step 2");
    assertThat(files("halves"))
        .containsExactly("learned_embeds.safetensors", "loss.csv", "loss.png");
    for (String name : List.of("learned_embeds.safetensors", "loss.csv")) {
      assertThat(folder.resolve("halves").resolve(name))
          .hasSameBinaryContentAs(folder.resolve("whole").resolve(name));
    }
  }

  @Test
  void whatWouldFailAtTheEndFailsBeforeTheFirstStep() throws IOException {
    ProgramRun made = ProgramRun.of(command("a", "--steps", "1", "--save-every", "1"));
    assertThat(made.out())
        .contains("needs about ", " are free", "the tokens have ", " of disk are free")
        .containsSubsequence("of disk are free", "step 1: ");
    ProgramRun spaces = ProgramRun.of(command("b", "--format", "diffusers", "--token-name", "a b"));
    assertThat(spaces.code()).isNotZero();
    assertThat(spaces.out()).doesNotContain("loss");
    assertThat(files("b")).isEmpty();
    Path blocked = Files.createFile(folder.resolve("file")).resolve("t.fmnpatch");
    ProgramRun patch = ProgramRun.of(command("c", "--tokens-patch", blocked.toString()));
    assertThat(patch.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(patch.err()).contains("cannot be written to");
    assertThat(files("c")).isEmpty();
  }

  @Test
  void aDryRunSaysTheSameAndLeavesNothing() throws IOException {
    Path patch = folder.resolve("t.fmnpatch");
    ProgramRun dry =
        ProgramRun.of(command("deep/er", "--dry-run", "--tokens-patch", patch.toString()));
    assertThat(dry.err()).doesNotContain("fmn:");
    assertThat(dry.code()).isZero();
    assertThat(dry.out()).contains("needs about ", "the tokens have ", " of disk are free");
    assertThat(folder.resolve("deep")).doesNotExist();
    try (var files = Files.list(folder)) {
      assertThat(files.map(Path::getFileName).map(Path::toString)).containsExactly("pictures");
    }
  }

  @Test
  void wrongUseIsSaid() throws IOException {
    ProgramRun kind = ProgramRun.of(command("x", "--kind", "mood"));
    assertThat(kind.code()).isEqualTo(ExitCodes.WRONG_USE);
    assertThat(kind.err()).contains("an identity, an object or a style");
    ProgramRun word = ProgramRun.of(command("x", "--init", "zyxwvut|<zero>"));
    assertThat(word.code()).isEqualTo(ExitCodes.WRONG_USE);
    assertThat(word.err()).contains("'zyxwvut' is not one token");
    ProgramRun resume = ProgramRun.of(command("x", "--resume"));
    assertThat(resume.err()).contains("nothing can be resumed");
    Path pickle = Files.write(folder.resolve("e.safetensors"), new byte[] {(byte) 0x80, 2, '.'});
    ProgramRun refused = generate("a fox", pickle);
    assertThat(refused.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(refused.err()).contains("e.safetensors", "ickle");
  }
}

package dev.forgetmenot.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.kit.image.ImageFile;
import dev.forgetmenot.testkit.EmbeddedModel;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code fmn generate} on the real model, with few steps. */
class GenerateCommandTest {
  @TempDir Path folder;

  /** A command line with the usual options; those that are given replace them. */
  private String[] command(String... more) {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("--plugins", folder.toString());
    options.put("--model", EmbeddedModel.folder().toString());
    options.put("-o", images().toString());
    options.put("--steps", "2");
    for (int i = 0; i < more.length; i += 2) {
      options.put(more[i], more[i + 1]);
    }
    List<String> args = new ArrayList<>(List.of("generate", "a photo of a fox"));
    options.forEach((name, value) -> args.addAll(List.of(name, value)));
    return args.toArray(String[]::new);
  }

  private Path images() {
    return folder.resolve("pictures");
  }

  private List<String> written() throws IOException {
    if (Files.notExists(images())) {
      return List.of();
    }
    try (var entries = Files.list(images())) {
      return entries.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void writesNumberedImagesWithTheirRecipeAndAGrid() throws IOException {
    String[] command =
        command("--seed", "7", "--count", "2", "--sampler", "ddim", "-n", "a hat, blue");
    assertThat(ProgramRun.of(command).code()).isZero();
    assertThat(written()).containsExactly("00000-7.png", "00001-8.png", "grid.png");
    assertThat(ImageFile.text(images().resolve("00001-8.png"), PngFile.KEYWORD).orElseThrow())
        .startsWith("a photo of a fox\nNegative prompt: a hat, blue\nSteps: 2, Sampler: DDIM, ")
        .contains("CFG scale: 5, Seed: 8, Size: 64x64, ", "RNG: CPU")
        .contains("Model: " + EmbeddedModel.folder().getFileName());

    ProgramRun again = ProgramRun.of(command);
    assertThat(again.out()).contains("seed 7", "00002-7.png");
    assertThat(written())
        .containsExactly(
            "00000-7.png", "00001-8.png", "00002-7.png", "00003-8.png", "grid-1.png", "grid.png");
    assertThat(images().resolve("00002-7.png"))
        .hasSameBinaryContentAs(images().resolve("00000-7.png"));
  }

  @Test
  void saysWhatAnImageWasComputedIn() throws IOException {
    ProgramRun run = ProgramRun.of(command("--seed", "7", "--precision", "bf16"));
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("computed in bf16 (as asked for)");
    assertThat(ImageFile.text(images().resolve("00000-7.png"), PngFile.KEYWORD).orElseThrow())
        .contains(", Precision: bf16, ");

    ProgramRun.of(command("--seed", "7"));
    assertThat(ImageFile.text(images().resolve("00001-7.png"), PngFile.KEYWORD).orElseThrow())
        .doesNotContain("Precision");
    byte[] reduced = ImageFile.read(images().resolve("00000-7.png")).image().rgb();
    assertThat(ImageFile.read(images().resolve("00001-7.png")).image().rgb()).isNotEqualTo(reduced);
  }

  @Test
  void imageOfSeedPlusOneIsThePictureAlone() throws IOException {
    ProgramRun.of(command("--seed", "7", "--count", "2"));
    ProgramRun.of(command("--seed", "8"));
    Path together = images().resolve("00001-8.png");
    Path alone = images().resolve("00002-8.png");
    byte[] a = ImageFile.read(together).image().rgb();
    byte[] b = ImageFile.read(alone).image().rgb();
    int largest = 0;
    for (int i = 0; i < a.length; i++) {
      largest = Math.max(largest, Math.abs((a[i] & 0xff) - (b[i] & 0xff)));
    }
    // sums are taken in another order in a batch
    assertThat(largest).isLessThanOrEqualTo(1);
  }

  @Test
  void drawsARandomSeedSaysItAndShowsPreviews() throws IOException {
    ProgramRun run =
        ProgramRun.of(command("--preview-every", "1", "--size", "96x64", "--sampler", "ddim"));
    assertThat(run.code()).isZero();
    assertThat(run.out()).containsPattern("seed \\d+");
    assertThat(run.err()).contains("drawing 2/2");
    String seed = run.out().replaceAll("(?s).*seed (\\d+).*", "$1");
    assertThat(written())
        .containsExactly("00000-" + seed + "-step-001.png", "00000-" + seed + ".png");
    assertThat(ImageFile.read(images().resolve("00000-" + seed + ".png")).image().width())
        .isEqualTo(96);
  }

  @Test
  void saysWhatIsCutFromALongPromptOfPlainWords() {
    List<String> command = new ArrayList<>(List.of(command()));
    command.set(1, "a fox ".repeat(50) + "and a castle");
    ProgramRun chunked = ProgramRun.of(command.toArray(String[]::new));
    assertThat(chunked.out()).contains("read in 2 chunks").doesNotContain("too long");
    command.add("--no-prompt-weights");
    ProgramRun run = ProgramRun.of(command.toArray(String[]::new));
    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("too long", "and a castle");
  }

  @Test
  void refusesWrongValuesWithTwo() {
    assertWrong("known: ddim", "--sampler", "no-such-sampler");
    assertWrong("multiples of", "--width", "63");
    assertWrong("like 512x768", "--size", "big");
    assertWrong("leave out --width", "--size", "64x64", "--width", "64");
    assertWrong("steps must be in", "--steps", "0");
    assertWrong("--seed should be", "--seed", "-2");
    assertWrong("device", "--device", "tpu");
  }

  private void assertWrong(String message, String... more) {
    ProgramRun run = ProgramRun.of(command(more));
    assertThat(run.err()).contains(message).doesNotContain("\tat ");
    assertThat(run.code()).isEqualTo(ExitCodes.WRONG_USE);
  }

  @Test
  void aMissingOrBrokenModelFailsWithOneAndSaysWhere() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertFails(empty.toString(), "has no model_index.json");
    assertFails(folder.resolve("absent").toString(), "absent");
    Path broken = copyOfModel("broken");
    Files.writeString(broken.resolve("unet/config.json"), "{ this is not json");
    assertFails(broken.toString(), "unet", "config.json");
    Path pickled = copyOfModel("pickled");
    Files.delete(pickled.resolve("unet/diffusion_pytorch_model.safetensors"));
    Files.write(pickled.resolve("unet/diffusion_pytorch_model.bin"), new byte[] {(byte) 0x80, 2});
    assertFails(pickled.toString(), "unet", "safetensors", "pickle");
  }

  private void assertFails(String model, String... messages) {
    ProgramRun run = ProgramRun.of(command("--model", model));
    assertThat(run.err()).contains(messages).doesNotContain("\tat ");
    assertThat(run.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(images()).doesNotExist();
  }

  private Path copyOfModel(String name) throws IOException {
    Path source = EmbeddedModel.folder();
    Path copy = folder.resolve(name);
    try (var files = Files.walk(source)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(source.relativize(file).toString()));
      }
    }
    return copy;
  }

  @Test
  void anOutputThatCannotBeWrittenIsSeenBeforeDrawing() throws IOException {
    Files.writeString(images(), "a file where the folder should be");
    ProgramRun run = ProgramRun.of(command());
    assertThat(run.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(run.err()).contains("cannot be written to").doesNotContain("drawing");
  }

  /** Stopped before the first step, for it would take hours. */
  @Test
  void whatAVeryLargeImageTakesIsSaidBefore() throws IOException {
    String[] large = command("--size", "4096x4096", "--seed", "7");
    ProgramRun run = ProgramRun.stoppedWhen(() -> true, large);
    if (run.code() == ExitCodes.FAILED) { // a machine of little memory
      assertThat(run.err())
          .containsPattern("needs about [\\d.]+ GB of memory .* are free: it would");
    } else {
      assertThat(run.code()).isEqualTo(ExitCodes.STOPPED);
      assertThat(run.out())
          .containsPattern("4096 × 4096 needs about [\\d.]+ GB of memory .* are free")
          .contains("each step takes at least 4096 times as long as at 64 × 64")
          .containsPattern(
              "the steps take at least about [1-9][\\d.]* (s|min|h): a pass of the UNet for 64 × 64"
                  + " took \\d+\\.\\d+ s here");
    }
    assertThat(written()).isEmpty();
  }

  @Test
  void anImageThatCannotFitIsRefusedWithTheNumbers() throws IOException {
    ProgramRun run = ProgramRun.of(command("--size", "32768x32768"));
    assertThat(run.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(run.err())
        .containsPattern("needs about [1-9]\\d{2,}(\\.\\d)? GB of memory \\(.*\\); .* are free")
        .contains("ask for smaller images (--size)");
    assertThat(written()).isEmpty();
  }

  @Test
  void stopsBetweenStepsAndLeavesNothingHalfWritten() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    ProgramRun run = ProgramRun.stoppedWhen(() -> asked.incrementAndGet() > 1, command());
    assertThat(run.code()).isEqualTo(ExitCodes.STOPPED);
    assertThat(run.err()).contains("Stopped");
    assertThat(written()).isEmpty();
  }

  @Test
  void stackTracesAreForTheVerbose() {
    String absent = folder.resolve("absent").toString();
    List<String> args = new ArrayList<>(List.of(command("--model", absent)));
    args.add("--verbose");
    ProgramRun run = ProgramRun.of(args.toArray(String[]::new));
    assertThat(run.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(run.err()).contains("\tat ");
  }

  @Test
  void numbersGoOnWhateverDigitsTheLanguageHas() throws IOException {
    Locale before = Locale.getDefault();
    try {
      for (String language :
          List.of("ar-EG-u-nu-arab", "fa-IR-u-nu-arabext", "mr-u-nu-deva", "my-u-nu-mymr")) {
        Locale.setDefault(Locale.forLanguageTag(language));
        assertThat(ProgramRun.of(command("--seed", "7")).code()).isZero();
      }
    } finally {
      Locale.setDefault(before);
    }
    assertThat(written())
        .containsExactly("00000-7.png", "00001-7.png", "00002-7.png", "00003-7.png");
  }

  @Test
  void aSamplerIsKnownByTheNameThatItsImagesCarry() throws IOException {
    for (String name : List.of("DDIM", "Euler a", "plms", "DPM++ 2M Karras")) {
      assertThat(ProgramRun.of(command("--sampler", name, "--seed", "1")).code()).as(name).isZero();
    }
    assertThat(ImageFile.text(images().resolve("00001-1.png"), PngFile.KEYWORD).orElseThrow())
        .contains("Sampler: Euler a,");
    assertThat(ImageFile.text(images().resolve("00003-1.png"), PngFile.KEYWORD).orElseThrow())
        .contains("Sampler: DPM++ 2M Karras,");
    Path none = folder.resolve("none");
    ProgramRun refused = ProgramRun.of(command("--sampler", "DPM++ 9M", "-o", none.toString()));
    assertThat(refused.code()).isNotZero();
    assertThat(refused.err()).contains("no sampler is named \"DPM++ 9M\"", "euler-a");
    assertThat(none).doesNotExist();
  }

  @Test
  void anArgumentThatCouldNotBeReadIsRefused() {
    ProgramRun run = ProgramRun.of("generate", "a caf\ufffd\ufffd", "-o", folder + "/none");
    assertThat(run.code()).isEqualTo(ExitCodes.WRONG_USE);
    assertThat(run.err()).contains("'a caf", "LC_ALL=C.UTF-8");
    assertThat(folder.resolve("none")).doesNotExist();
  }

  @Test
  void recognisesWhatItDrew() throws IOException {
    ProgramRun drawn = ProgramRun.of(command("--steps", "10", "--seed", "1", "--sampler", "ddim"));
    assertThat(drawn.code()).isZero();
    String image = images().resolve("00000-1.png").toString();
    String model = EmbeddedModel.folder().toString();
    ProgramRun run = ProgramRun.of("classify", image, "--model", model);
    assertThat(run.out()).contains(image + "  a fox");
    ProgramRun chosen =
        ProgramRun.of("classify", image, "--model", model, "--labels", "a castle,a fox");
    assertThat(chosen.out()).contains("a fox");
    ProgramRun none = ProgramRun.of("recognise", folder.resolve("no.png").toString());
    assertThat(none.err()).contains("fmn recognise is now called fmn classify");
    assertThat(none.code()).isEqualTo(ExitCodes.FAILED);
    Path broken = Files.writeString(folder.resolve("broken.png"), "<html>");
    ProgramRun rest = ProgramRun.of("classify", broken.toString(), image, "--model", model);
    assertThat(rest.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(rest.out()).contains(image + "  a fox");
    assertThat(rest.err()).contains(broken + " is not a readable image").contains("1 of 2 files");
  }

  @Test
  void listsTheModelsOfItsHome() {
    String before = System.getProperty("fmn.home");
    try {
      Path home = GoldenFolders.inProject("samples/models").getParent();
      System.setProperty("fmn.home", home.toString());
      assertThat(ProgramRun.of("models").out())
          .contains(EmbeddedModel.folder().getFileName().toString(), "(default)");
    } finally {
      if (before == null) {
        System.clearProperty("fmn.home");
      } else {
        System.setProperty("fmn.home", before);
      }
    }
  }
}

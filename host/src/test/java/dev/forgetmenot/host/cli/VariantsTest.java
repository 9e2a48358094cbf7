package dev.forgetmenot.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.testkit.GoldenFolders;
import dev.forgetmenot.testkit.PackagedPlugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder that holds the UNet as two variants, of which each command must be told one. */
class VariantsTest {
  private static final Path TINY = GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model");
  private static final String UNET = "unet/diffusion_pytorch_model";

  @TempDir Path temp;
  private Path model;
  private Path patch;
  private String plugins;

  /** The variant ema is the published UNet, non_ema the same with a patch in its weights. */
  @BeforeEach
  void write() throws IOException {
    plugins = PackagedPlugins.copyTo(temp.resolve("plugins")).toString();
    patch = temp.resolve("a.fmnpatch");
    done(
        "forget castle --no-report --method=closed-form --plugins",
        plugins,
        "--model",
        TINY,
        "-o",
        patch);
    Path baked = temp.resolve("baked");
    done("patch bake --model", TINY, "--patch", patch, "-o", baked);
    model = GoldenFolders.copy(TINY, temp.resolve("model"));
    Files.move(unet(model, ""), unet(model, ".ema"));
    Files.copy(unet(baked, ""), unet(model, ".non_ema"));
  }

  private static Path unet(Path model, String variant) {
    return model.resolve(UNET + variant + ".safetensors");
  }

  private static String done(String command, Object... more) {
    return ProgramRun.done(command, more).out();
  }

  /** Refused without the option that its message advises, and done with it. */
  private String chosen(String command, Object... more) {
    ProgramRun refused = ProgramRun.line(command, more);
    assertThat(refused.code()).as(command).isEqualTo(ExitCodes.FAILED);
    assertThat(refused.err() + refused.out()).contains("ema and non_ema", "--variant ema");
    List<Object> args = new ArrayList<>(List.of(more));
    args.addAll(List.of("--variant", "ema"));
    return done(command, args.toArray());
  }

  @Test
  void everyCommandThatOpensFilesCanBeToldWhich() throws IOException {
    Path baked = temp.resolve("baked-ema");
    chosen("patch bake --model", model, "--patch", patch, "-o", baked);
    assertThat(unet(baked, ".ema")).hasSameBinaryContentAs(unet(model, ".non_ema"));
    assertThat(unet(baked, ".non_ema")).doesNotExist();

    Path difference = temp.resolve("difference.fmnpatch");
    ProgramRun same =
        ProgramRun.line("patch diff", model, model, "--variant", "ema", "-o", difference);
    assertThat(same.err()).contains("nothing differs");
    chosen("patch diff", model, model, "--edited-variant", "non_ema", "-o", difference);
    assertThat(done("patch conflicts --model", TINY, patch, difference))
        .containsPattern("A and B +\\d+ +1\\.000 +1\\.000");
    chosen("patch conflicts --model", model, patch);
    chosen("patch stack --model", model, patch);

    Path lora = temp.resolve("lora.safetensors");
    chosen("patch export --to lora --model", model, patch, "-o", lora);
    chosen("patch import", lora, "--model", model, "-o", temp.resolve("back.fmnpatch"));
    assertThat(chosen("doctor --model", model)).contains("training of cross attention takes");
    assertThat(chosen("models identify", model, "--against", model))
        .containsPattern("level +exact");
    assertThat(
            done(
                "models identify",
                model,
                "--against",
                model,
                "--variant=ema",
                "--against-variant=non_ema"))
        .containsPattern("level +same-text-encoder");
    chosen(
        "generate castle --steps=1 --plugins",
        plugins,
        "--model",
        model,
        "-o",
        temp.resolve("images"));
  }
}

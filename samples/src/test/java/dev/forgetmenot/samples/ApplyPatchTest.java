package dev.forgetmenot.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.kit.image.ImageFile;
import dev.forgetmenot.testkit.EmbeddedModel;
import dev.forgetmenot.testkit.PackagedPlugins;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample of a library user, run with two libraries, beside the program. */
class ApplyPatchTest {
  /** What neither fmn-diffusion nor fmn-patching brings. */
  private static final Pattern OTHERS =
      Pattern.compile(
          ".*(host/target|fmn-host-\\d|editor-kit|plugin-|testkit|picocli|xchart|progressbar|snakeyaml).*"
              .replace("/", Pattern.quote(File.separator)));

  @TempDir Path folder;

  private static String run(String classPath, String... command) throws Exception {
    List<String> java = new ArrayList<>();
    java.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    java.addAll(List.of("-cp", classPath));
    java.addAll(List.of(command));
    Process process = new ProcessBuilder(java).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  private static byte[] pixels(Path png) throws IOException {
    return ImageFile.read(png).image().rgb();
  }

  @Test
  void drawsWhatTheProgramDraws() throws Exception {
    String model = EmbeddedModel.folder().toString();
    String plugins = PackagedPlugins.copyTo(folder.resolve("plugins")).toString();
    String patch = folder.resolve("castle.fmnpatch").toString();
    ForgetConcept.main(new String[] {model, plugins, "castle", patch, "uce"});
    String prompt = "a photo of a castle";
    String all = System.getProperty("java.class.path");
    String two =
        Arrays.stream(all.split(File.pathSeparator))
            .filter(entry -> !OTHERS.matcher(entry).matches())
            .collect(Collectors.joining(File.pathSeparator));
    assertThat(two).contains("diffusion", "patching").doesNotContain("editor-kit", "picocli");

    Path drawn = folder.resolve("sample.png");
    run(two, ApplyPatch.class.getName(), model, patch, "0.5", prompt, drawn.toString());
    assertThat(ImageFile.text(drawn, PngFile.KEYWORD).orElseThrow())
        .startsWith(prompt + "\n")
        .contains("forget-castle@1.0.0:0.5");

    Path images = folder.resolve("images");
    List<String> command = new ArrayList<>();
    command.addAll(List.of("dev.forgetmenot.host.Fmn", "generate", prompt, "--model", model));
    command.addAll(List.of("--plugins", plugins, "--patch", patch + ":0.5", "--seed", "1"));
    command.addAll(List.of("--sampler", "ddim", "-o", images.toString()));
    run(all, command.toArray(String[]::new));
    assertThat(pixels(drawn)).isEqualTo(pixels(images.resolve("00000-1.png")));
  }
}

package dev.forgetmenot.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.sampling.FeatureCache;
import dev.forgetmenot.diffusion.image.Infotext;
import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.kit.image.ImageFile;
import dev.forgetmenot.testkit.EmbeddedModel;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Work that is left out is said, recorded in the image, and read from it, on the real model. */
class LessWorkOptionsTest {
  @TempDir Path folder;

  private ProgramRun generate(String name, String... arguments) {
    List<String> all = new ArrayList<>(List.of("generate"));
    all.addAll(Arrays.asList(arguments));
    all.addAll(List.of("--plugins", folder.toString(), "-o", folder.resolve(name).toString()));
    all.addAll(List.of("--model", EmbeddedModel.folder().toString()));
    return ProgramRun.of(all.toArray(String[]::new));
  }

  private Path image(String name) throws IOException {
    try (var files = Files.list(folder.resolve(name))) {
      return files.toList().get(0);
    }
  }

  private byte[] pixels(String name) throws IOException {
    return ImageFile.read(image(name)).image().rgb();
  }

  private Map<String, String> pairs(String name) throws IOException {
    return Infotext.parse(ImageFile.text(image(name), PngFile.KEYWORD).orElseThrow()).pairs();
  }

  private static String[] with(String[] first, String... more) {
    return Stream.of(first, more).flatMap(Arrays::stream).toArray(String[]::new);
  }

  @Test
  void anImageSaysWhatWasLeftOutAndIsDrawnAgain() throws IOException {
    String[] common = {"a fox", "--seed", "1", "--steps", "6", "--sampler", "ddim"};
    generate("plain", common);
    assertThat(pairs("plain")).doesNotContainKeys("Guidance until", "Cache depth");

    generate("less", with(common, "--guidance-until", "0.7", "--cache-depth", "0"));
    assertThat(pairs("less"))
        .containsEntry("Guidance until", "0.7")
        .containsEntry("Cache depth", "0")
        .containsEntry("Cache interval", "2")
        .doesNotContainKey("Guidance from");
    assertThat(pixels("less")).isNotEqualTo(pixels("plain"));

    String less = image("less").toString();
    generate("again", "--from", less);
    assertThat(pixels("again")).isEqualTo(pixels("less"));
    assertThat(pairs("again")).isEqualTo(pairs("less"));

    generate("whole", "--from", less, "--guidance-until", "1", "--cache-interval", "1");
    assertThat(pixels("whole")).isEqualTo(pixels("plain"));
    assertThat(pairs("whole")).isEqualTo(pairs("plain"));
  }

  @Test
  void fastSaysWhatItSetsAndAnOptionBesideItGoesBefore() throws IOException {
    ProgramRun run = generate("fast", "a fox", "--steps", "6", "--fast", "--guidance-until", "0.7");
    assertThat(run.out())
        .contains("--fast: sampler dpmpp-2m, 6 steps, cache depth 0, cache interval 2");
    assertThat(pairs("fast"))
        .containsEntry("Sampler", "DPM++ 2M")
        .containsEntry("Steps", "6")
        .containsEntry("Guidance until", "0.7")
        .containsEntry("Cache depth", Integer.toString(FeatureCache.FAST.depth()))
        .containsEntry("Cache interval", Integer.toString(FeatureCache.FAST.interval()));

    ProgramRun again = generate("again", "--from", image("fast").toString());
    assertThat(again.out()).doesNotContain("--fast");
    assertThat(pixels("again")).isEqualTo(pixels("fast"));

    generate("own", "a fox", "--fast", "--sampler", "euler", "--cache-interval", "3");
    assertThat(pairs("own"))
        .containsEntry("Sampler", "Euler")
        .containsEntry("Steps", "14")
        .containsEntry("Cache interval", "3");
  }

  @Test
  void fastIsNotForAModelThatNeedsItsOwnSampler() throws IOException {
    Path model = GoldenFolders.copy(EmbeddedModel.folder(), folder.resolve("distilled"));
    Path config = model.resolve("scheduler/scheduler_config.json");
    Files.writeString(
        config,
        Files.readString(config)
            .replaceFirst("\"_class_name\": \"\\w+\"", "\"_class_name\": \"LCMScheduler\""));
    String[] drawn = {
      "generate", "a fox", "--model", model.toString(), "--plugins", folder.toString()
    };
    assertThat(ProgramRun.of(with(drawn, "--fast", "-o", folder.resolve("lcm").toString())).err())
        .contains("this model was distilled for few steps of LCMScheduler", "--sampler");
  }

  @Test
  void whatCannotBeIsRefused() {
    assertThat(generate("none", "a fox", "--guidance-from", "0.5", "--guidance-until", "0.2").err())
        .contains("guidance from 0.5 until 0.2 is no interval");
    assertThat(generate("none", "a fox", "--cache-depth", "-1").err())
        .contains("cache depth must be 0 or more, not -1");
    assertThat(generate("none", "a fox", "--cache-depth", "6").err())
        .contains("cache depth 6 is deeper than this UNet, whose skip connections are 0 to 5");
  }
}

package dev.forgetmenot.host.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.diffusion.image.Infotext;
import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.kit.image.ImageFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PngFileTest {
  @TempDir Path folder;

  @Test
  void keepsPixelsAndTheTextThatSaysHowItWasMade() throws IOException {
    RgbImage image = new RgbImage(2, 1, new byte[] {1, 2, 3, (byte) 200, (byte) 255, 0});
    Path file = folder.resolve("a.png");
    String text = "a thing\nSteps: 20, Sampler: DDIM, CFG scale: 5";
    PngFile.write(file, PngFile.image(image), text);
    BufferedImage read = ImageIO.read(file.toFile());
    assertThat(read.getRGB(0, 0)).isEqualTo(0xff010203);
    assertThat(read.getRGB(1, 0)).isEqualTo(0xffc8ff00);
    assertThat(ImageFile.text(file, PngFile.KEYWORD)).contains(text);
    assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)).contains("tEXt");
  }

  @Test
  void writesTextBeyondLatin1AsItxt() throws IOException {
    Path file = folder.resolve("b.png");
    PngFile.write(file, new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB), "猫 → x\nSteps: 1");
    assertThat(ImageFile.text(file, PngFile.KEYWORD)).contains("猫 → x\nSteps: 1");
    assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)).contains("iTXt");
  }

  @Test
  void leavesNothingBehindWhenThePlaceIsTaken() throws IOException {
    Path taken = Files.createDirectories(folder.resolve("taken.png/inner")).getParent();
    BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
    assertThatThrownBy(() -> PngFile.write(taken, image, "")).isInstanceOf(IOException.class);
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(taken);
    }
  }

  @Test
  void infotextQuotesWhatHoldsASeparator() {
    Map<String, String> pairs = new LinkedHashMap<>();
    pairs.put("Steps", "20");
    pairs.put("Patches", "a@1.0.0:0.8, b@2.0.0:1");
    assertThat(Infotext.of("p", "n", pairs))
        .isEqualTo("p\nNegative prompt: n\nSteps: 20, Patches: \"a@1.0.0:0.8, b@2.0.0:1\"");
    assertThat(Infotext.of("p", "", Map.of("Seed", "1"))).isEqualTo("p\nSeed: 1");
  }

  @Test
  void infotextIsReadBackAndSoIsThatOfA1111() {
    Map<String, String> pairs = new LinkedHashMap<>();
    pairs.put("Steps", "20");
    pairs.put("Patches", "a@1.0.0:0.8, b \"c\"");
    pairs.put("Variation seed strength", "0.1");
    Infotext ours = new Infotext("a fox,\nin snow: deep", "a hat\nblue", pairs);
    assertThat(Infotext.parse(ours.text())).isEqualTo(ours);
    Infotext theirs =
        Infotext.parse(
            "a fox <lora:x:1>\nSteps: 30, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7.5,"
                + " Seed: 12, Size: 512x768, Model hash: 6ce0161689, Lora hashes: \"x: 1a2b, y: 3c\","
                + " Version: v1.9.3");
    assertThat(theirs.negativePrompt()).isEmpty();
    assertThat(theirs.pairs())
        .containsEntry("Schedule type", "Karras")
        .containsEntry("Size", "512x768")
        .containsEntry("Lora hashes", "x: 1a2b, y: 3c");
    assertThat(Infotext.parse("only: a prompt").prompt()).isEqualTo("only: a prompt");
    assertThat(Infotext.parse("").prompt()).isEmpty();
  }

  @Test
  void gridIsAsSquareAsItCanBe() {
    RgbImage red = new RgbImage(1, 1, new byte[] {(byte) 255, 0, 0});
    RgbImage blue = new RgbImage(1, 1, new byte[] {0, 0, (byte) 255});
    BufferedImage grid = ImageGrid.of(List.of(red, red, blue));
    assertThat(grid.getWidth()).isEqualTo(2);
    assertThat(grid.getHeight()).isEqualTo(2);
    assertThat(grid.getRGB(0, 1)).isEqualTo(0xff0000ff);
  }
}

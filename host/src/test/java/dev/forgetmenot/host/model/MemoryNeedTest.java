package dev.forgetmenot.host.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.diffusion.config.UNetConfig;
import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.diffusion.unet.UNet2DConditionModel;
import dev.forgetmenot.host.Fmn;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import dev.forgetmenot.testkit.EmbeddedModel;
import dev.forgetmenot.testkit.PackagedPlugins;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a job says that it needs is what its process takes at its peak, on a UNet of random weights
 * that is large enough to count beside the JVM. (Stable Diffusion 1.5 is in real-size.md.)
 */
@Tag("slow")
@EnabledOnOs(value = OS.LINUX, disabledReason = "the peak is read from /proc")
class MemoryNeedTest {
  private static final int WIDER = 4;
  private static final Pattern SAID = Pattern.compile("needs about ([0-9.]+) (GB|MB)");

  @TempDir static Path folder;

  /** The embedded model with a UNet of 16 times as many weights, on latents twice as wide. */
  @BeforeAll
  static void write() throws IOException {
    PackagedPlugins.copyTo(folder.resolve("plugins"));
    Path model = folder.resolve("model");
    try (var files = Files.walk(EmbeddedModel.folder())) {
      for (Path file : files.toList()) {
        Path target = model.resolve(EmbeddedModel.folder().relativize(file).toString());
        boolean unet = file.toString().contains("unet");
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else if (!unet) {
          Files.copy(file, target);
        }
      }
    }
    Path image = Files.createDirectory(folder.resolve("images")).resolve("a.png");
    PngFile.write(image, new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB), "");
    Path unet = model.resolve("unet");
    String config = Files.readString(EmbeddedModel.folder().resolve("unet/config.json"));
    for (int channels : new int[] {48, 96, 192}) {
      config =
          config.replaceFirst("(?m)^    " + channels + "(,?)$", "    " + WIDER * channels + "$1");
    }
    Files.writeString(
        unet.resolve("config.json"), config.replace("\"sample_size\": 16", "\"sample_size\": 32"));
    SafetensorsWriter writer = new SafetensorsWriter();
    SplittableRandom random = new SplittableRandom(1);
    for (Map.Entry<String, Shape> one :
        UNet2DConditionModel.parameterShapes(UNetConfig.read(unet)).entrySet()) {
      float[] values = new float[(int) one.getValue().size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (0.02 * random.nextDouble(-1, 1));
      }
      writer.add(one.getKey(), DType.F16, one.getValue().getShape(), values);
    }
    writer.write(unet.resolve("diffusion_pytorch_model.safetensors"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "forget castle --no-report --method=closed-form",
        "forget castle --no-report --method=resteer --no-real-image --steps=2",
        "forget castle --no-report --method=resteer --no-real-image --steps=2 --trainable=lora",
        "forget castle --no-report --method=resteer --no-real-image --steps=2 --trainable=unet",
        "forget castle --no-report --method=resteer --no-real-image --steps=2 --trainable=lora"
            + " --gradient-checkpointing",
        "forget castle --no-report --method=esd --starts=1 --start-steps=2 --steps=2"
            + " --trainable=unet",
        "forget castle --method=closed-form --report-pictures=4",
        "invert FOLDER/images --steps=2"
      })
  void isWhatTheProcessTakes(String words) throws IOException, InterruptedException {
    boolean drawn = words.contains("--report-pictures"); // slow on the larger UNet
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx2g",
                "-cp",
                System.getProperty("java.class.path"),
                Fmn.class.getName()));
    command.addAll(List.of(words.replace("FOLDER", folder.toString()).split(" ")));
    command.addAll(
        List.of(
            "--plugins",
            folder.resolve("plugins").toString(),
            "--model",
            (drawn ? EmbeddedModel.folder() : folder.resolve("model")).toString(),
            "-o",
            folder.resolve(words.hashCode() + ".fmnpatch").toString()));
    Path said = folder.resolve("said.txt");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    long peak = 0;
    while (process.isAlive()) {
      peak = Math.max(peak, peak(process.pid()));
      Thread.sleep(20);
    }
    String output = Files.readString(said);
    assertThat(process.exitValue()).as(output).isZero();
    Matcher matcher = SAID.matcher(output);
    assertThat(matcher.find()).as(output).isTrue();
    double unit = matcher.group(2).equals("GB") ? 1e9 : 1e6;
    double need = Double.parseDouble(matcher.group(1)) * unit;
    double rounding = unit == 1e9 ? 0.05e9 : 0.05e6; // what is said has one digit after the point
    System.err.printf("measured: %s: %.2f of the peak%n", words, need / peak);
    assertThat(need)
        .as(words + ", peak " + (peak >> 20) + " MiB: " + output)
        .isBetween(0.75 * peak - rounding, 1.25 * peak + rounding);
  }

  /** The most that a process has held so far; 0 when it has just ended. */
  private static long peak(long process) {
    try (var lines = Files.lines(Path.of("/proc", Long.toString(process), "status"))) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }
}

package dev.forgetmenot.host.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.host.cli.ProgramRun;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.testkit.GoldenFolders;
import dev.forgetmenot.testkit.PackagedPlugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code fmn bench} on a tiny model: rows, files and verdicts; no time is judged. */
class BenchCommandsTest {
  private static final String MODEL =
      GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model").toString();

  @TempDir Path folder;

  @Test
  void speedMeasuresAllPartsAndTheirShareOfTheLimit() throws IOException {
    ProgramRun run =
        run("speed", "--rounds", "2", "--images", "2", "--steps", "2", "--training-steps", "3");
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCodes.DONE);
    List<String> lines = Files.readAllLines(folder.resolve("out/speed.csv"));
    assertThat(lines.get(0)).startsWith("what,precision,size,unit,median,least,most,gflop,");
    assertThat(lines)
        .anyMatch(line -> line.startsWith("convolutions,f32,"))
        .anyMatch(line -> line.startsWith("matrix products,f32-packed,"))
        .anyMatch(line -> line.startsWith("load,f32,"))
        .anyMatch(line -> line.startsWith("images of 2 steps,f32,2 x 32 x 32 px,images/s,"))
        .anyMatch(line -> line.startsWith("closed form,f32,uce,s,"))
        .anyMatch(line -> line.startsWith("training step,f32,resteer,s,"))
        .anyMatch(line -> line.startsWith("patch put on,f32,resteer,s,"))
        .anyMatch(line -> line.startsWith("patch taken off,f32,uce,s,"));
    String[] prediction =
        lines.stream()
            .filter(line -> line.startsWith("prediction with guidance,f32,2 x 32"))
            .findFirst()
            .orElseThrow()
            .split(",", -1);
    assertThat(Double.parseDouble(prediction[7])).isPositive(); // GFLOP
    assertThat(Double.parseDouble(prediction[8])).isBetween(1e-6, 1.5);
    assertThat(prediction[9].split(" ", -1)).hasSize(2); // rounds
    assertThat(run.out()).contains("of limit", "prediction with guidance");
    assertThat(ImageIO.read(folder.resolve("out/speed.png").toFile()).getWidth()).isEqualTo(1000);
    try (Stream<Path> left = Files.list(folder.resolve("out"))) {
      assertThat(left).hasSize(2); // no patch
    }
  }

  @Test
  void partsCanBeLeftOut() throws IOException {
    ProgramRun run = run("speed", "--only", "load", "--precision", "f32", "--rounds", "1");
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCodes.DONE);
    assertThat(Files.readAllLines(folder.resolve("out/speed.csv"))).hasSize(2);
  }

  @Test
  void theTrainingMayHaveOtherSettings() throws IOException {
    ProgramRun run =
        run(
            "speed",
            "--only",
            "training",
            "--rounds",
            "1",
            "--training-steps",
            "2",
            "--training",
            "trainable=unet",
            "--training",
            "no-real-image=true");
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCodes.DONE);
    assertThat(Files.readAllLines(folder.resolve("out/speed.csv")))
        .anyMatch(
            line ->
                line.startsWith("training step,f32,resteer no-real-image=true trainable=unet,s,"));
    assertThat(run("speed", "--only", "training", "--training", "trainable=all").err())
        .contains("trainable");
  }

  @Test
  void aShortSoakHasAVerdict() throws IOException {
    ProgramRun run =
        run("soak", "--images", "48", "--forgettings", "8", "--steps", "2", "--samples", "16");
    assertThat(run.out()).contains("open arrays", "outside of the Java heap", "processor seconds");
    assertThat(run.out()).containsPattern("open arrays .*: flat");
    assertThat(Files.readAllLines(folder.resolve("out/soak.csv"))).hasSize(17);
    assertThat(ImageIO.read(folder.resolve("out/soak.png").toFile()).getWidth()).isEqualTo(1040);
  }

  @Test
  void numbersThatMakeNoSenseAreRefused() throws IOException {
    assertThat(run("soak", "--samples", "4").err()).contains("at least 8", "not 4");
    assertThat(run("speed", "--rounds", "0").err()).contains("--rounds");
    assertThat(ProgramRun.of("bench").code()).isEqualTo(ExitCodes.WRONG_USE);
  }

  private ProgramRun run(String... words) throws IOException {
    Path plugins = folder.resolve("plugins");
    if (!Files.exists(plugins)) {
      PackagedPlugins.copyTo(plugins);
    }
    List<String> all = new ArrayList<>(List.of("bench"));
    all.addAll(List.of(words));
    all.addAll(
        List.of("--model", MODEL, "--plugins", plugins + "", "-o", folder.resolve("out") + ""));
    return ProgramRun.of(all.toArray(String[]::new));
  }
}

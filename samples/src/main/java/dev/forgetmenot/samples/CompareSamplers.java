package dev.forgetmenot.samples;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.host.chart.ComparisonSheet;
import dev.forgetmenot.host.evaluate.EvaluationSetup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Draws the same things from the same seeds with every sampler and several numbers of steps: how
 * many of the images the model's CLIP takes for what they should be, as a table and as a line for
 * each sampler, and the first images of the fewest and of the most steps, as a sheet.
 */
public final class CompareSamplers {
  private static final long SEED = 9000;
  private static final int SHOWN = 4;

  private CompareSamplers() {}

  /** Arguments: model, output folder, samplers, steps (each joined by commas), seeds, things. */
  public static void main(String[] args) throws IOException {
    if (args.length < 6) {
      throw new IllegalArgumentException(
          "arguments: MODEL OUTPUT SAMPLER,SAMPLER STEPS,STEPS SEEDS \"a THING\" \"a THING\" ...;"
              + " all for all samplers");
    }
    Path output = Files.createDirectories(Path.of(args[1]));
    int[] steps = Arrays.stream(args[3].split(",")).mapToInt(Integer::parseInt).toArray();
    List<String> things = List.of(args).subList(5, args.length);
    int seeds = Integer.parseInt(args[4]);
    Path folder = Path.of(args[0]);
    EvaluationSetup judging = EvaluationSetup.of(folder, Optional.empty(), Optional.empty());
    try (StableDiffusion model = StableDiffusion.load(folder, LoadOptions.defaults());
        ImageClassifier judge = judging.open(model).orElseThrow()) {
      StringBuilder table = new StringBuilder("| sampler |");
      Arrays.stream(steps).forEach(count -> table.append(' ').append(count).append(" steps |"));
      table.append("\n|---|").append("---|".repeat(steps.length)).append('\n');
      List<ComparisonSheet.Row> rows = new ArrayList<>();
      QualityChart chart = new QualityChart("steps");
      for (String sampler : samplers(args[2], model)) {
        List<List<RgbImage>> images =
            Arrays.stream(steps)
                .mapToObj(count -> GenerationRequest.of("").seeds(SEED, 1).sampled(sampler, count))
                .map(settings -> JudgedModel.draw(model, settings, things, seeds))
                .toList();
        table.append("| ").append(sampler).append(" |");
        for (int i = 0; i < steps.length; i++) {
          long right = recognised(judge, images.get(i), things, seeds);
          table.append(' ').append(right).append(" |");
          chart.add(sampler, steps[i], 100.0 * right / images.get(i).size());
        }
        table.append('\n');
        rows.add(
            new ComparisonSheet.Row(
                sampler,
                "",
                shown(images.get(0), seeds),
                shown(images.get(steps.length - 1), seeds)));
      }
      Files.writeString(output.resolve("table.md"), table, UTF_8);
      chart.write(output.resolve("steps.png"));
      ComparisonSheet sheet =
          new ComparisonSheet(
              "Samplers",
              steps[0] + " steps",
              steps[steps.length - 1] + " steps",
              "guidance 5, seed " + SEED + ": " + String.join(", ", shown(things, 1)),
              rows);
      PngFile.write(output.resolve("sheet.png"), sheet.draw(), "");
    }
  }

  private static List<String> samplers(String names, StableDiffusion model) {
    return names.equals("all")
        ? model.samplers().stream().map(sampler -> sampler.name()).toList()
        : List.of(names.split(","));
  }

  /** How many are taken for what they should be. */
  private static long recognised(
      ImageClassifier judge, List<RgbImage> images, List<String> things, int seeds) {
    List<String> seen = judge.classify(images);
    return IntStream.range(0, seen.size())
        .filter(i -> seen.get(i).equals(things.get(i / seeds)))
        .count();
  }

  /** The first of each thing. */
  private static <T> List<T> shown(List<T> all, int each) {
    return IntStream.range(0, Math.min(SHOWN, all.size() / each))
        .mapToObj(i -> all.get(i * each))
        .toList();
  }
}

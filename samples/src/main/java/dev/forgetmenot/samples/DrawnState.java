package dev.forgetmenot.samples;

import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.image.PngFile;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.host.chart.ComparisonSheet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a model draws with the patches that are on it.
 *
 * @param name says which these are
 * @param prompts what was asked for
 * @param images of each prompt, from the same seeds
 */
record DrawnState(String name, List<String> prompts, List<List<RgbImage>> images) {
  private static final long SEED = 4000;
  private static final int SHOWN = 6;

  /** Draws, 20 steps of DDIM. */
  static DrawnState of(String name, StableDiffusion model, List<String> prompts, int count) {
    List<GenerationRequest> requests =
        prompts.stream()
            .map(prompt -> GenerationRequest.of(prompt).seeds(SEED, count).sampled("ddim", 20))
            .toList();
    return new DrawnState(name, prompts, model.generate(requests));
  }

  /** Whether all images have the same bytes. */
  boolean sameAs(DrawnState other) {
    return Arrays.deepEquals(bytes(), other.bytes());
  }

  private byte[][] bytes() {
    return images.stream().flatMap(List::stream).map(RgbImage::rgb).toArray(byte[][]::new);
  }

  /** A Markdown table: a row a prompt, a column a state, as what images are recognised. */
  static String table(List<DrawnState> states, ImageClassifier judge) {
    List<String> prompts = states.get(0).prompts();
    StringBuilder table = new StringBuilder("| prompt |");
    states.forEach(state -> table.append(' ').append(state.name()).append(" |"));
    table.append("\n|---|").append("---|".repeat(states.size())).append('\n');
    for (int i = 0; i < prompts.size(); i++) {
      table.append("| ").append(prompts.get(i)).append(" |");
      for (DrawnState state : states) {
        List<String> seen = judge.classify(state.images().get(i));
        table.append(' ').append(counts(seen)).append(" |");
      }
      table.append('\n');
    }
    return table.toString();
  }

  private static String counts(List<String> seen) {
    Map<String, Long> counts =
        seen.stream()
            .collect(
                Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
    return counts.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .limit(3)
        .map(entry -> entry.getKey() + " " + entry.getValue())
        .collect(Collectors.joining(", "));
  }

  /** Writes the first images of two states side by side as a PNG. */
  static void writeSheet(Path file, String title, DrawnState left, DrawnState right)
      throws IOException {
    List<ComparisonSheet.Row> rows = new ArrayList<>();
    for (int i = 0; i < left.prompts().size(); i++) {
      rows.add(new ComparisonSheet.Row(left.prompts().get(i), "", left.shown(i), right.shown(i)));
    }
    ComparisonSheet sheet =
        new ComparisonSheet(title, left.name(), right.name(), "seeds from " + SEED, rows);
    PngFile.write(file, sheet.draw(), "");
  }

  private List<RgbImage> shown(int prompt) {
    List<RgbImage> all = images.get(prompt);
    return all.subList(0, Math.min(SHOWN, all.size()));
  }
}

package dev.forgetmenot.samples;

import static dev.forgetmenot.api.model.PatchRequest.Allowance.ILL_CONDITIONED;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.Parameter;
import dev.forgetmenot.api.edit.ParameterValues;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.model.Picture;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.host.HostVersions;
import dev.forgetmenot.host.job.EditJob;
import dev.forgetmenot.host.job.EditOrder;
import dev.forgetmenot.host.job.HostedModel;
import dev.forgetmenot.host.job.Judging;
import dev.forgetmenot.host.job.ModelLoader;
import dev.forgetmenot.host.job.Recogniser;
import dev.forgetmenot.host.job.ReportSize;
import dev.forgetmenot.host.job.StackProof;
import dev.forgetmenot.host.job.Unwatched;
import dev.forgetmenot.host.picture.ComparisonSheet;
import dev.forgetmenot.host.picture.PngPictures;
import dev.forgetmenot.host.plugin.HostPluginManager;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Three corrections and two forgettings on one base: each is made as a patch, all are put on
 * together, and taken off again. What the model draws, and that nothing of the five stays, is
 * written to the output folder as a sheet and a table.
 */
public final class CorrectAndForget {
  private static final long SEED = 4000;
  private static final int SHOWN = 6;

  private CorrectAndForget() {}

  /** A patch that is made. */
  private record Order(String word, String method, Map<String, String> settings) {
    Path file(Path folder) {
      return folder.resolve(word.replace(' ', '-') + ".fmnpatch");
    }
  }

  private static final List<Order> ORDERS =
      List.of(
          new Order("wizard", "balance", Map.of("balance", "merlin,morgana")),
          new Order("vampire", "balance", Map.of("balance", "dracula,carmilla")),
          new Order("bear", "distill", Map.of("balance", "brown bear,panda")),
          new Order("fox", "oblique", Map.of()),
          new Order("guitar", "oblique", Map.of()));

  private static final List<String> PROMPTS =
      List.of(
          "a photo of a wizard",
          "a photo of a vampire",
          "a photo of a bear",
          "a photo of a fox",
          "a photo of a guitar",
          "a photo of merlin",
          "a photo of a castle");

  /** What the run showed. */
  public record Result(boolean anyOrderIsTheSame, boolean baseIsBack, boolean picturesAreBack) {}

  /**
   * Arguments: model folder, folder with plugin jars, output folder, pictures of each prompt (16 if
   * left out), optimizer steps of what is trained (300 if left out).
   */
  public static void main(String[] args) throws IOException {
    run(
        Path.of(args[0]),
        Path.of(args[1]),
        Path.of(args[2]),
        args.length > 3 ? Integer.parseInt(args[3]) : 16,
        args.length > 4 ? Integer.parseInt(args[4]) : 300);
  }

  static Result run(Path modelFolder, Path plugins, Path output, int pictures, int steps)
      throws IOException {
    Files.createDirectories(output);
    Judging judging = Judging.of(modelFolder, Optional.empty(), Optional.empty());
    try (HostPluginManager started =
            HostPluginManager.start(plugins, HostVersions.read().hostApi());
        HostedModel hosted = new ModelLoader(modelFolder, "cpu", started).load(List.of());
        Recogniser judge = judging.open(hosted.model().engine()).orElseThrow()) {
      List<PatchRequest> stack = new ArrayList<>();
      for (Order order : ORDERS) {
        Map<String, String> effort =
            Map.of(
                "steps", Integer.toString(steps),
                "trial-pictures", Integer.toString(Math.max(4, 2 * pictures)));
        make(order, effort, started, hosted, judging, judge, output);
        stack.add(new PatchRequest(order.file(output), 1).allow(ILL_CONDITIONED));
      }
      List<List<Picture>> before = draw(hosted, pictures);
      hosted.model().repatch(stack);
      List<List<Picture>> with = draw(hosted, pictures);
      Collections.reverse(stack);
      hosted.model().repatch(stack);
      boolean anyOrder = same(with, draw(hosted, pictures));
      StackProof.Result proof = new StackProof(hosted.model(), Unwatched.CONTEXT).run(stack, 3);
      boolean picturesAreBack = same(before, draw(hosted, pictures));
      Result result =
          new Result(anyOrder && proof.holds(), proof.different().isEmpty(), picturesAreBack);
      write(output, before, with, judge, result);
      return result;
    }
  }

  private static void make(
      Order order,
      Map<String, String> effort,
      HostPluginManager plugins,
      HostedModel hosted,
      Judging judging,
      Recogniser judge,
      Path output)
      throws IOException {
    ConceptEditor editor =
        plugins.inDoor(ConceptEditor.class).stream()
            .filter(candidate -> candidate.name().equals(order.method()))
            .findFirst()
            .orElseThrow();
    Map<String, String> settings = new LinkedHashMap<>(order.settings());
    editor.parameters().stream()
        .map(Parameter::name)
        .filter(effort::containsKey)
        .forEach(name -> settings.put(name, effort.get(name)));
    EditOrder made =
        new EditOrder(
            editor,
            List.of(new Concept(order.word(), judging.vocabulary().kindOf(order.word()))),
            ParameterValues.of(editor.parameters(), settings),
            order.file(output),
            judging,
            ReportSize.NONE,
            false);
    new EditJob(Unwatched.CONTEXT).run(hosted, made, Optional.of(judge));
  }

  private static List<List<Picture>> draw(HostedModel hosted, int count) {
    return hosted
        .model()
        .generate(
            PROMPTS.stream()
                .map(GenerationRequest::of)
                .map(request -> request.seeds(SEED, count).sampled("ddim", 20))
                .toList());
  }

  private static boolean same(List<List<Picture>> some, List<List<Picture>> others) {
    for (int i = 0; i < some.size(); i++) {
      for (int k = 0; k < some.get(i).size(); k++) {
        if (!Arrays.equals(some.get(i).get(k).rgb(), others.get(i).get(k).rgb())) {
          return false;
        }
      }
    }
    return true;
  }

  private static void write(
      Path output,
      List<List<Picture>> before,
      List<List<Picture>> with,
      Recogniser judge,
      Result result)
      throws IOException {
    StringBuilder table = new StringBuilder("| prompt | base | with all five |\n|---|---|---|\n");
    List<ComparisonSheet.Row> rows = new ArrayList<>();
    for (int i = 0; i < PROMPTS.size(); i++) {
      String was = counts(judge.recognise(before.get(i)));
      String is = counts(judge.recognise(with.get(i)));
      table.append(String.format("| %s | %s | %s |%n", PROMPTS.get(i), was, is));
      rows.add(
          new ComparisonSheet.Row(PROMPTS.get(i), "", shown(before.get(i)), shown(with.get(i))));
    }
    table.append(
        String.format(
            "%nThe order of the stack changes nothing: %s. Taken off one by one, the base's weights"
                + " are back bit for bit: %s, and its pictures: %s.%n",
            result.anyOrderIsTheSame(), result.baseIsBack(), result.picturesAreBack()));
    Files.write(output.resolve("table.md"), table.toString().getBytes(StandardCharsets.UTF_8));
    ComparisonSheet sheet =
        new ComparisonSheet(
            "Three corrections and two forgettings on one base",
            "base",
            "with all five patches",
            "seeds from " + SEED,
            rows);
    PngPictures.write(output.resolve("sheet.png"), sheet.draw(), "");
  }

  private static String counts(List<String> seen) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    seen.forEach(phrase -> counts.merge(phrase, 1, Integer::sum));
    return counts.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
        .limit(3)
        .map(entry -> entry.getKey() + " " + entry.getValue())
        .collect(Collectors.joining(", "));
  }

  private static List<Picture> shown(List<Picture> pictures) {
    return pictures.subList(0, Math.min(SHOWN, pictures.size()));
  }
}

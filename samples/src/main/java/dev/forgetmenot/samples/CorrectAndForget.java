package dev.forgetmenot.samples;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.ConceptEditor.Operation;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.host.HostVersions;
import dev.forgetmenot.host.edit.EditJob;
import dev.forgetmenot.host.edit.EditRequest;
import dev.forgetmenot.host.edit.ReportSize;
import dev.forgetmenot.host.evaluate.EvaluationSetup;
import dev.forgetmenot.host.model.ModelLoader;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.host.plugin.HostPluginManager;
import dev.forgetmenot.patching.stack.StackProof;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Three corrections and two forgettings on one base: each is made as a patch, all are put on one
 * after another in two orders, and taken off in a third. What the model draws, and that nothing of
 * the five stays, is written to the output folder as a sheet and a table.
 */
public final class CorrectAndForget {
  private static final List<Order> ORDERS =
      List.of(
          new Order(Operation.CORRECT, "wizard", "balance", Map.of("balance", "merlin,morgana")),
          new Order(Operation.CORRECT, "vampire", "balance", Map.of("balance", "dracula,carmilla")),
          new Order(Operation.CORRECT, "bear", "distill", Map.of("balance", "brown bear,panda")),
          new Order(Operation.FORGET, "fox", "oblique", Map.of()),
          new Order(Operation.FORGET, "guitar", "oblique", Map.of()));

  private static final List<Integer> AS_MADE = List.of(0, 1, 2, 3, 4);
  private static final List<Integer> REVERSED = List.of(4, 3, 2, 1, 0);
  private static final List<Integer> TAKEN_OFF = List.of(2, 4, 0, 3, 1);

  private static final List<String> PROMPTS =
      List.of(
          "a photo of a wizard",
          "a photo of a vampire",
          "a photo of a bear",
          "a photo of a fox",
          "a photo of a guitar",
          "a photo of merlin",
          "a photo of morgana",
          "a photo of dracula",
          "a photo of carmilla",
          "a photo of a brown bear",
          "a photo of a panda",
          "a photo of a castle");

  private final StableDiffusion model;
  private final int images;
  private final List<PatchRequest> patches = new ArrayList<>();

  private CorrectAndForget(StableDiffusion model, int images) {
    this.model = model;
    this.images = images;
  }

  /** A patch that is made. */
  private record Order(
      Operation operation, String word, String method, Map<String, String> settings) {}

  /**
   * What the run showed.
   *
   * @param orderDoesNotMatter whether both orders drew the same images, and several orders made the
   *     same bits of all weights, those that the library works out without the engine
   * @param weightsAreBack whether every weight was the base's, bit for bit, after the last patch
   * @param imagesAreBack whether every image was the base's then
   */
  public record Result(boolean orderDoesNotMatter, boolean weightsAreBack, boolean imagesAreBack) {}

  /**
   * Arguments: model folder, folder with plugin jars, output folder, images of each prompt (16 if
   * left out), then settings such as {@code steps=100} for all methods that have them.
   */
  public static void main(String[] args) throws IOException {
    Map<String, String> settings = new HashMap<>();
    for (String setting : Arrays.asList(args).subList(Math.min(4, args.length), args.length)) {
      int sign = setting.indexOf('=');
      settings.put(setting.substring(0, sign), setting.substring(sign + 1));
    }
    int images = args.length > 3 ? Integer.parseInt(args[3]) : 16;
    run(Path.of(args[0]), Path.of(args[1]), Path.of(args[2]), images, settings);
  }

  static Result run(
      Path modelFolder, Path plugins, Path output, int images, Map<String, String> settings)
      throws IOException {
    Files.createDirectories(output);
    EvaluationSetup judging = EvaluationSetup.of(modelFolder, Optional.empty(), Optional.empty());
    try (HostPluginManager started =
            HostPluginManager.start(plugins, HostVersions.read().hostApi());
        NamedModel hosted = new ModelLoader(modelFolder, "cpu", started).load(List.of());
        ImageClassifier judge = judging.open(hosted.model()).orElseThrow()) {
      CorrectAndForget stack = new CorrectAndForget(hosted.model(), images);
      for (Order order : ORDERS) {
        ConceptEditor editor = started.editor(order.operation(), order.method()).orElseThrow();
        Concept concept = new Concept(order.word(), judging.vocabulary().kindOf(order.word()));
        Path file = output.resolve(order.word() + ".fmnpatch");
        EditRequest edit =
            new EditRequest(
                editor,
                List.of(concept),
                values(editor, order.settings(), settings),
                file,
                judging,
                ReportSize.NONE,
                false);
        new EditJob(JobContext.NONE).run(hosted, edit, Optional.of(judge));
        stack.patches.add(new PatchRequest(file, 1));
      }
      return stack.putOnAndTakeOff(output, judge);
    }
  }

  private static Settings values(
      ConceptEditor editor, Map<String, String> own, Map<String, String> settings) {
    Map<String, String> values = new HashMap<>(own);
    editor.parameters().stream()
        .map(SettingSpec::name)
        .filter(settings::containsKey)
        .forEach(name -> values.putIfAbsent(name, settings.get(name)));
    return Settings.of(editor.parameters(), values);
  }

  private Result putOnAndTakeOff(Path output, ImageClassifier judge) throws IOException {
    DrawnState base = draw("base");
    putOn(AS_MADE);
    DrawnState all = draw("all five");
    model.repatch(List.of());
    putOn(REVERSED);
    DrawnState reversed = draw("all five, put on in reverse");
    List<Integer> left = new ArrayList<>(REVERSED);
    for (Integer off : TAKEN_OFF) {
      left.remove(off);
      model.repatch(left.stream().map(patches::get).toList());
    }
    boolean weightsAreBack = isBase();
    DrawnState after = draw("all taken off");
    StackProof.Result proof =
        model.engine().call(() -> new StackProof(model, (step, of) -> {}).run(patches, 3));
    Result result =
        new Result(
            proof.holds() && reversed.sameAs(all),
            weightsAreBack && proof.different().isEmpty(),
            after.sameAs(base));
    String proven =
        String.format(
            Locale.ROOT,
            "The order of the stack does not matter: %s. Without patches all %d weights are the"
                + " base's again, bit for bit: %s; and all images: %s.%n",
            result.orderDoesNotMatter(),
            proof.weights(),
            result.weightsAreBack(),
            result.imagesAreBack());
    Files.writeString(
        output.resolve("table.md"),
        DrawnState.table(List.of(base, all, reversed, after), judge) + "\n" + proven);
    DrawnState.writeSheet(
        output.resolve("sheet.png"),
        "Three corrections and two forgettings on one base",
        base,
        all);
    return result;
  }

  private void putOn(List<Integer> order) throws IOException {
    for (int on = 1; on <= order.size(); on++) {
      model.repatch(order.subList(0, on).stream().map(patches::get).toList());
    }
  }

  private DrawnState draw(String name) {
    return DrawnState.of(name, model, PROMPTS, images);
  }

  private boolean isBase() {
    return model
        .engine()
        .call(
            () ->
                model.weights().names().stream()
                    .allMatch(
                        name ->
                            Arrays.equals(
                                model.weights().current(name), model.weights().base(name))));
  }
}

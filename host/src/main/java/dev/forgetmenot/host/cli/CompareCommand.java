package dev.forgetmenot.host.cli;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.ConceptEditor.Operation;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ContextCommand;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.JudgeOptions;
import dev.forgetmenot.host.cli.shell.ModelOptions;
import dev.forgetmenot.host.cli.shell.OverwriteOption;
import dev.forgetmenot.host.cli.shell.PrototypeOptions;
import dev.forgetmenot.host.compare.ManyTogether;
import dev.forgetmenot.host.compare.MethodComparison;
import dev.forgetmenot.host.edit.ConceptNames;
import dev.forgetmenot.host.edit.GivenSetting;
import dev.forgetmenot.host.evaluate.EvaluationSetup;
import dev.forgetmenot.host.evaluate.PrototypeImages;
import dev.forgetmenot.host.model.ModelLoader;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.host.plugin.HostPluginManager;
import dev.forgetmenot.kit.auto.Candidate;
import dev.forgetmenot.kit.evaluate.Evaluation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fmn compare}: several methods on the same concepts. */
@Command(
    name = "compare",
    description =
        "Let several methods forget or correct the same concepts, one after another, and measure"
            + " each by the same images: a table, a sheet of images and every patch.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Example:",
      "  fmn compare \"a lighthouse\" --method oblique --method resteer,trainable=lora,steps=20",
      "",
      "A comma in a value is written \\,; a list has its KEY=VALUE once for each entry."
    })
final class CompareCommand extends ContextCommand {
  private static final int FORGOTTEN = 16;
  private static final int CORRECTED = 64;

  @Parameters(
      arity = "1..*",
      paramLabel = "CONCEPT",
      description = "What to change, one by one; @FILE for a file with a name a line.")
  private List<String> names;

  @Option(
      names = "--operation",
      paramLabel = "forget|correct",
      defaultValue = "forget",
      description = "What the methods do (default: ${DEFAULT-VALUE}).")
  private String operation;

  @Option(
      names = "--method",
      paramLabel = "NAME[,KEY=VALUE..]",
      description = "A method with settings; repeatable (default: every method as it is).")
  private List<String> methods = List.of();

  @Option(
      names = "--together",
      split = ",",
      paramLabel = "N",
      description =
          "Instead of one by one: forget the first N concepts at once, in one patch and as a stack"
              + " of one patch each; several numbers with commas.")
  private List<Integer> together = List.of();

  @Option(
      names = "--num-images",
      paramLabel = "N",
      description =
          "Images of the concept (default: 16 to forget, 64 to correct; what a corrected "
              + "concept shows has half as many under its own name).")
  private Integer images; // null where nothing is said

  @Option(
      names = "--others",
      defaultValue = "30",
      paramLabel = "N",
      description = "Other things that should stay (default: ${DEFAULT-VALUE}).")
  private int others;

  @Option(
      names = "--each",
      defaultValue = "4",
      paramLabel = "N",
      description = "Images of each other thing (default: ${DEFAULT-VALUE}).")
  private int each;

  @Option(
      names = "--seed",
      defaultValue = "1000",
      paramLabel = "N",
      description = "First seed of every row of images (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--steps",
      defaultValue = "20",
      paramLabel = "N",
      description = "Sampler steps (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      defaultValue = "comparison",
      description = "Where everything goes (default: ${DEFAULT-VALUE}/).")
  private Path output;

  @Mixin private JudgeOptions judge;

  @Mixin private PrototypeOptions prototypes;

  @Option(
      names = ConceptNames.ANY,
      description = "Take the concepts as they are, whether or not the vocabulary lists them.")
  private boolean anyName;

  @Mixin private OverwriteOption overwrite;

  @Mixin private ModelOptions options;

  CompareCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    overwrite.check(output.resolve("table.md"));
    List<String> named = ConceptNames.expanded(names);
    checkTogether(named.size());
    EvaluationSetup given = judge.judging(options.folder());
    try (HostPluginManager plugins = options.plugins().start(context.console())) {
      EvaluationSetup judging = given.asking(plugins);
      List<Candidate> chosen = chosen(plugins);
      judging.vocabularyNote().ifPresent(context.console()::note);
      List<Concept> concepts =
          new ConceptNames(judging.vocabulary(), judging.complete(), asked(), anyName)
              .of(named, Optional.empty());
      ModelLoader loader = options.loader(plugins);
      PrototypeImages second = prototypes.of(loader);
      try (NamedModel model = loader.load(List.of())) {
        model.model().notes().forEach(context.console()::note);
        int usual = asked() == Operation.FORGET ? FORGOTTEN : CORRECTED;
        Evaluation.Size size =
            new Evaluation.Size(images == null ? usual : images, others, each, seed, steps);
        MethodComparison comparison =
            new MethodComparison(model, asked(), size, judging, second, output, context);
        context.say(
            "wrote "
                + (together.isEmpty()
                    ? comparison.run(concepts, chosen)
                    : new ManyTogether(comparison).run(concepts, chosen, together)));
      }
    }
    return ExitCodes.DONE;
  }

  private void checkTogether(int named) {
    for (int count : together) {
      if (count < 1 || count > named) {
        throw new IllegalArgumentException(
            Message.of(
                "--together %d: expected 1 to %d, as many concepts as are named", count, named));
      }
    }
    if (!together.isEmpty() && asked() != Operation.FORGET) {
      throw new IllegalArgumentException("--together is for --operation forget alone");
    }
  }

  private Operation asked() {
    return Arrays.stream(Operation.values())
        .filter(value -> EditorCatalogue.command(value).equals(operation))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "--operation must be forget or correct, not '" + operation + "'"));
  }

  private List<Candidate> chosen(HostPluginManager plugins) throws IOException {
    List<ConceptEditor> editors = plugins.editors(asked());
    if (methods.isEmpty()) {
      return editors.stream().map(e -> new Candidate(e, Map.of())).toList();
    }
    List<Candidate> chosen = new ArrayList<>();
    for (String text : methods) {
      chosen.add(method(MethodSpec.parse(text), editors));
    }
    return chosen;
  }

  private Candidate method(MethodSpec text, List<ConceptEditor> editors) throws IOException {
    ConceptEditor editor =
        editors.stream()
            .filter(candidate -> candidate.isNamed(text.name()))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "no method is named '"
                            + text.name()
                            + "'; known: "
                            + editors.stream().map(ConceptEditor::name).toList()));
    Map<String, String> given = new LinkedHashMap<>();
    for (Map.Entry<String, List<String>> one : text.settings().entrySet()) {
      given.put(one.getKey(), text(editor.parameters(), one.getKey(), one.getValue()));
    }
    Settings values = Settings.of(editor.parameters(), given); // refuses before the long work
    values.notes().forEach(context.console()::note);
    return new Candidate(editor, values.today(given));
  }

  /** An unknown setting is refused with all others, when they are checked. */
  private static String text(List<SettingSpec> declared, String name, List<String> values)
      throws IOException {
    Optional<SettingSpec> setting =
        declared.stream().filter(candidate -> candidate.isNamed(name)).findFirst();
    return setting.isEmpty()
        ? values.get(0)
        : new GivenSetting(setting.get(), values).text(Path.of(""));
  }
}

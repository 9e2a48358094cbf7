package dev.forgetmenot.host.cli;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.ParameterValues;
import dev.forgetmenot.editing.measure.Trial;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.ModelOptions;
import dev.forgetmenot.host.job.HostedModel;
import dev.forgetmenot.host.job.Judging;
import dev.forgetmenot.host.job.MethodComparison;
import dev.forgetmenot.host.plugin.HostPluginManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fmn compare}: several methods on the same concepts. */
@Command(
    name = "compare",
    description =
        "Let several methods forget the same concepts, one after another, and measure each "
            + "by the same pictures: a table, a sheet of pictures and every patch.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Example:",
      "  fmn compare \"a lighthouse\" --method oblique --method resteer,trainable=lora,steps=20"
    })
final class CompareCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(arity = "1..*", paramLabel = "CONCEPT", description = "What to forget, one by one.")
  private List<String> names;

  @Option(
      names = "--method",
      paramLabel = "NAME[,KEY=VALUE..]",
      description = "A method with settings; repeatable (default: every method as it is).")
  private List<String> methods = List.of();

  @Option(
      names = "--pictures",
      defaultValue = "16",
      paramLabel = "N",
      description = "Pictures of the concept (default: ${DEFAULT-VALUE}).")
  private int pictures;

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
      description = "Pictures of each other thing (default: ${DEFAULT-VALUE}).")
  private int each;

  @Option(
      names = "--seed",
      defaultValue = "1000",
      paramLabel = "N",
      description = "First seed of every row of pictures (default: ${DEFAULT-VALUE}).")
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

  @Mixin private ModelOptions options;

  CompareCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    Judging judging = judge.judging(options.folder());
    List<Concept> concepts =
        names.stream().map(name -> new Concept(name, judging.vocabulary().kindOf(name))).toList();
    Trial.Size size = new Trial.Size(pictures, others, each, seed, steps);
    try (HostPluginManager plugins = options.plugins().start(context.console())) {
      List<MethodComparison.Method> chosen = chosen(plugins);
      try (HostedModel model = options.loader(plugins).load(List.of())) {
        model.model().notes().forEach(context.console()::note);
        Path table =
            new MethodComparison(context, size).run(model, concepts, chosen, judging, output);
        context.say("wrote " + table);
      }
    }
    return ExitCodes.DONE;
  }

  private List<MethodComparison.Method> chosen(HostPluginManager plugins) {
    List<ConceptEditor> editors =
        plugins.inDoor(ConceptEditor.class).stream()
            .filter(editor -> editor.operation() == ConceptEditor.Operation.FORGET)
            .toList();
    if (methods.isEmpty()) {
      return editors.stream().map(e -> new MethodComparison.Method(e, Map.of())).toList();
    }
    return methods.stream().map(text -> method(text, editors)).toList();
  }

  private static MethodComparison.Method method(String text, List<ConceptEditor> editors) {
    String[] parts = text.split(",", -1);
    Map<String, String> settings = new LinkedHashMap<>();
    for (int i = 1; i < parts.length; i++) {
      int equals = parts[i].indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException(
            "--method " + text + ": '" + parts[i] + "' should be KEY=VALUE");
      }
      settings.put(parts[i].substring(0, equals), parts[i].substring(equals + 1));
    }
    ConceptEditor editor =
        editors.stream()
            .filter(candidate -> candidate.name().equals(parts[0]))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "no method is named '"
                            + parts[0]
                            + "'; known: "
                            + editors.stream().map(ConceptEditor::name).toList()));
    ParameterValues.of(editor.parameters(), settings); // refuses wrong ones before the long work
    return new MethodComparison.Method(editor, settings);
  }
}

package dev.forgetmenot.host.cli;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.ConceptEditor.Operation;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.host.ByteSizes;
import dev.forgetmenot.host.cli.shell.AuthorshipOptions;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ContextCommand;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.JudgeOptions;
import dev.forgetmenot.host.cli.shell.ModelOptions;
import dev.forgetmenot.host.cli.shell.OverwriteOption;
import dev.forgetmenot.host.cli.shell.PrototypeOptions;
import dev.forgetmenot.host.edit.ConceptNames;
import dev.forgetmenot.host.edit.EditEstimation;
import dev.forgetmenot.host.edit.EditJob;
import dev.forgetmenot.host.edit.EditRequest;
import dev.forgetmenot.host.edit.ReportSize;
import dev.forgetmenot.host.evaluate.EvaluationSetup;
import dev.forgetmenot.host.evaluate.PrototypeImages;
import dev.forgetmenot.host.model.ModelLoader;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.host.series.EditSeries;
import dev.forgetmenot.patching.PatchName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fmn forget} and {@code fmn correct}: an editor of a plugin makes a patch. */
@Command(mixinStandardHelpOptions = true, sortOptions = false)
final class EditCommand extends ContextCommand {
  private final EditorCatalogue catalogue;
  private final Operation operation;
  private SettingOptions parameters; // null where no editor was found

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "1..*",
      paramLabel = "CONCEPT",
      description =
          "What to change, in words of a prompt; several are changed together. @FILE takes them from"
              + " a file with a name a line.")
  private List<String> names;

  @Option(
      names = "--in-turn",
      description =
          "Make a patch of each concept by itself, one after another, in the folder that -o names,"
              + " and a table, charts and a sheet of all. The same command goes on with a stopped"
              + " one.")
  private boolean inTurn;

  @Option(
      names = "--kind",
      paramLabel = "identity|object|style",
      description =
          "What the concepts are; a style is named as \"in the style of\" it (default: what "
              + "the model's concepts.json says, else object).")
  private String kind;

  @Option(names = "--method", paramLabel = "NAME", description = "How; see below.")
  private String method;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description =
          "The patch file (default: a name made of the concept, in this folder); with --in-turn the"
              + " folder.")
  private Path output;

  @Option(
      names = "--dry-run",
      description = "Say what it would take and what it would harm; write nothing.")
  private boolean dryRun;

  @Option(
      names = ConceptNames.ANY,
      description = "Take the names as they are, though the model's vocabulary does not list them.")
  private boolean anyName;

  @Mixin private OverwriteOption overwrite;

  @Option(names = "--resume", description = "Go on with a job that was stopped.")
  private boolean resume;

  @Option(
      names = "--no-report",
      negatable = false,
      description = "Do not draw and judge images before and after.")
  private boolean noReport;

  @Option(
      names = "--report-images",
      paramLabel = "N",
      description =
          "Images of each concept before and after (default: 16 to forget, 64 to correct; what "
              + "a corrected concept shows has half as many under its own name).")
  private Integer reportImages; // null where nothing is said

  @Option(
      names = "--previews",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Put N images of the report, before and after, into the patch, 0 to 4 (default:"
              + " ${DEFAULT-VALUE}).")
  private int previews;

  @Mixin private JudgeOptions judge;

  @Mixin private PrototypeOptions prototypes;

  @Mixin private AuthorshipOptions author;

  @Mixin private ModelOptions options;

  private EditCommand(CommandContext context, EditorCatalogue catalogue, Operation operation) {
    super(context);
    this.catalogue = catalogue;
    this.operation = operation;
  }

  /** The command of an operation, with the options of the chosen editor. */
  static CommandSpec spec(CommandContext context, EditorCatalogue catalogue, Operation operation) {
    EditCommand command = new EditCommand(context, catalogue, operation);
    CommandSpec spec = CommandSpec.forAnnotatedObject(command).name(name(operation));
    spec.usageMessage()
        .description(description(operation))
        .footer(methods(catalogue.editors(operation)));
    catalogue
        .chosen(operation)
        .ifPresent(
            editor -> {
              command.parameters = new SettingOptions(editor);
              command.parameters.addTo(spec);
            });
    return spec;
  }

  static String name(Operation operation) {
    return EditorCatalogue.command(operation);
  }

  static String description(Operation operation) {
    return switch (operation) {
      case FORGET -> "Make a patch that lets the model forget a concept.";
      case CORRECT -> "Make a patch that lets a general word show more than its dominant instance.";
    };
  }

  private static String[] methods(List<ConceptEditor> editors) {
    if (editors.isEmpty()) {
      return new String[0];
    }
    StringBuilder text = new StringBuilder("%nMethods (the first is the default):%n");
    for (ConceptEditor editor : editors) {
      text.append("  ")
          .append(editor.name())
          .append(": ")
          .append(editor.summary().replace("%", "%%"))
          .append("%n");
    }
    return new String[] {text.append("--method NAME --help shows the options of each.").toString()};
  }

  @Override
  public Integer call() throws IOException {
    ConceptEditor editor = catalogue.chosen(operation).orElseThrow(this::noEditor);
    if (editor.formerNames().contains(method == null ? "" : method)) {
      context.console().note("method " + method + " is now called " + editor.name());
    }
    Settings values = parameters.values(spec.commandLine().getParseResult(), context.console());
    EvaluationSetup judging = judge.judging(options.folder()).asking(catalogue.plugins());
    judging.vocabularyNote().ifPresent(context.console()::note);
    List<Concept> concepts = concepts(judging);
    List<List<Concept>> jobs =
        inTurn ? concepts.stream().map(List::of).toList() : List.of(concepts);
    List<EditRequest> orders = new ArrayList<>();
    for (List<Concept> some : jobs) {
      orders.add(
          new EditRequest(
              editor,
              some,
              values,
              file(some),
              judging,
              report(),
              resume && !inTurn,
              author.authorship()));
    }
    if (!dryRun) {
      checkFiles(orders);
    }
    ModelLoader loader = options.loader(catalogue.plugins());
    PrototypeImages second = prototypes.of(loader);
    try (NamedModel model = loader.load(List.of())) {
      model.model().notes().forEach(context.console()::note);
      if (dryRun) {
        for (EditRequest order : orders) {
          new EditEstimation(context, 0).run(model, order).lines().forEach(context::say);
        }
        return ExitCodes.DONE;
      }
      if (inTurn) {
        EditJob each = new EditJob(JobContext.silent(context)).judgedBy(second);
        return say(new EditSeries(model, each, folder(), context).run(orders));
      }
      say(new EditJob(context).judgedBy(second).run(model, orders.get(0)));
    }
    return ExitCodes.DONE;
  }

  private void checkFiles(List<EditRequest> orders) throws IOException {
    Set<Path> patches = new HashSet<>();
    for (EditRequest order : orders) {
      order.checkPreviews();
      if (!patches.add(order.patch())) {
        throw new IllegalArgumentException(
            "two of the concepts would have the patch "
                + order.patch()
                + ": edit one of them by itself");
      }
      if (inTurn && overwrite.isGiven()) {
        EditSeries.forgetEarlier(order);
      }
      if (!order.resume() && !(inTurn && EditSeries.isOfSeries(order))) {
        overwrite.check(order.files(), order.states());
      }
    }
  }

  private int say(EditSeries.Result result) {
    result.lines().forEach(context::say);
    context.say("wrote " + result.table());
    return result.failed() == 0 ? ExitCodes.DONE : ExitCodes.FAILED;
  }

  private ReportSize report() {
    ReportSize size =
        noReport
            ? ReportSize.NONE
            : reportImages == null ? ReportSize.USUAL : ReportSize.of(reportImages);
    return size.previews(previews);
  }

  private void say(EditJob.Result result) throws IOException {
    context.say("patch " + result.id());
    context.say("wrote " + result.file() + ", " + ByteSizes.of(Files.size(result.file())));
    result
        .report()
        .ifPresent(report -> report.files().forEach(file -> context.say("wrote " + file)));
    context.say("try it: fmn generate \"...\" --patch " + result.file());
    result
        .report()
        .map(EditJob.Report::lines)
        .orElse(List.of(noReport ? "not measured" : "not measured: " + unjudged()))
        .forEach(context::say);
  }

  private String unjudged() {
    String unknown =
        switch (operation) {
          case FORGET -> "the concept";
          case CORRECT -> "what the concept shows";
        };
    return "the model has no clip/ or its vocabulary does not name "
        + unknown
        + "; --clip and --known-concepts name others";
  }

  private RuntimeException noEditor() {
    List<String> known = catalogue.editors(operation).stream().map(ConceptEditor::name).toList();
    return known.isEmpty()
        ? new IllegalStateException(
            "no installed plugin can "
                + name(operation)
                + "; 'fmn plugins' lists what is installed")
        : new IllegalArgumentException("no method is named '" + method + "'; known: " + known);
  }

  private List<Concept> concepts(EvaluationSetup judging) throws IOException {
    return new ConceptNames(judging.vocabulary(), judging.complete(), operation, anyName)
        .of(names, Optional.ofNullable(kind).map(ConceptType::of));
  }

  private Path file(List<Concept> concepts) {
    String usual = PatchName.fileName(name(operation), concepts);
    return inTurn ? folder().resolve(usual) : output != null ? output : Path.of(usual);
  }

  /** Where the patches of all concepts go that are edited in turn. */
  private Path folder() {
    return output != null ? output : Path.of(name(operation) + "-in-turn");
  }
}

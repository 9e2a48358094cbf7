package dev.forgetmenot.host.cli;

import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ContextCommand;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.JudgeOptions;
import dev.forgetmenot.host.cli.shell.ModelOptions;
import dev.forgetmenot.host.cli.shell.OverwriteOption;
import dev.forgetmenot.host.evaluate.EvaluationSetup;
import dev.forgetmenot.host.model.ModelLoader;
import dev.forgetmenot.host.plugin.HostPluginManager;
import dev.forgetmenot.host.run.ModelChoice;
import dev.forgetmenot.host.run.ResolvedConfig;
import dev.forgetmenot.host.run.RunFileReader;
import dev.forgetmenot.host.run.RunJob;
import dev.forgetmenot.host.run.RunMethod;
import dev.forgetmenot.host.run.RunPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fmn run}: does what a run file says. */
@Command(
    name = "run",
    description = {
      "Do what a run file says and leave the settings, the loss curve, sample images and "
          + "the patch in its output folder.",
      "Files of the original Forget-Me-Not (ti.yaml, attn.yaml) are understood; "
          + "docs/run-files.md lists the keys."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class RunCommand extends ContextCommand {
  @Parameters(paramLabel = "FILE", description = "The run file, YAML.")
  private Path file;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      description = "Where everything goes (default: what the file says).")
  private Path output;

  @Option(
      names = "--resume",
      description = "Go on from the checkpoint that a stopped run left in the output folder.")
  private boolean resume;

  @Option(
      names = "--dry-run",
      description = "Only check the file, show it with all defaults and say what it would cost.")
  private boolean dryRun;

  @Mixin private OverwriteOption overwrite;

  @Mixin private JudgeOptions judge;

  @Mixin private ModelOptions options;

  RunCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    try (HostPluginManager plugins = options.plugins().start(context.console())) {
      RunPlan read =
          new RunFileReader(
                  methods(plugins),
                  new ModelChoice(options.given()),
                  judge.vocabulary(),
                  Path.of(""))
              .read(file);
      RunPlan plan = output == null ? read : read.into(output);
      plan.notes().forEach(note -> context.console().note(note));
      ModelLoader loader = options.loader(plan.modelFolder(), plugins);
      EvaluationSetup judging = judge.judging(plan.modelFolder()).asking(plugins);
      judging.vocabularyNote().ifPresent(context.console()::note);
      RunJob job = new RunJob(loader, context, judging);
      if (dryRun) {
        sayWhatWouldBeDone(plan, job);
      } else {
        boolean goesOn = resume || plan.resume();
        if (!goesOn) {
          overwrite.check(job.files(plan), job.states(plan));
        }
        say(job.run(plan, goesOn));
      }
    }
    return ExitCodes.DONE;
  }

  private static List<RunMethod> methods(HostPluginManager plugins) {
    List<RunMethod> methods = new ArrayList<>();
    plugins
        .extensions(ConceptEditor.class)
        .forEach(editor -> methods.add(new RunMethod.Edit(editor)));
    methods.add(new RunMethod.Invert());
    return methods;
  }

  private void sayWhatWouldBeDone(RunPlan plan, RunJob job) throws IOException {
    context.console().sayText(new ResolvedConfig(plan).text().strip());
    job.estimate(plan).forEach(line -> context.say("# " + line));
    context.say("# Nothing was changed and nothing written.");
  }

  private void say(RunJob.Result result) {
    result.lines().forEach(context::say);
    context.say("wrote " + result.file());
    context.say("all of it is in " + result.folder());
  }
}

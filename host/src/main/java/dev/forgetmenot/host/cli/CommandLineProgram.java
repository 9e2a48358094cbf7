package dev.forgetmenot.host.cli;

import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.HostVersions;
import dev.forgetmenot.host.cli.bench.BenchCommand;
import dev.forgetmenot.host.cli.doctor.DoctorCommand;
import dev.forgetmenot.host.cli.evaluate.AttackCommand;
import dev.forgetmenot.host.cli.evaluate.AttestCommand;
import dev.forgetmenot.host.cli.evaluate.EvaluateCommand;
import dev.forgetmenot.host.cli.models.ModelsCommand;
import dev.forgetmenot.host.cli.patch.PatchCommand;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.CommandProvider;
import dev.forgetmenot.host.cli.shell.Console;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.Failure;
import dev.forgetmenot.host.cli.shell.FormerOptions;
import dev.forgetmenot.host.cli.shell.PluginOptions;
import dev.forgetmenot.host.cli.shell.Subcommands;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/**
 * {@code fmn} as an object: parses a command line, runs the command and turns what happens into a
 * message and an exit code. One run at a time.
 */
public final class CommandLineProgram {
  private final Console console;
  private final BooleanSupplier cancelled;

  /**
   * A program.
   *
   * @param console where it prints
   * @param cancelled whether the user wants it to stop; asked between the steps of long work
   */
  public CommandLineProgram(Console console, BooleanSupplier cancelled) {
    this.console = console;
    this.cancelled = cancelled;
  }

  /** Runs a command line; returns the exit code. */
  public int run(String... args) {
    boolean verbose = Arrays.asList(args).contains(PluginOptions.VERBOSE);
    System.setProperty("java.awt.headless", "true");
    CommandContext context = new CommandContext(console, cancelled, List.of(args));
    try (console) {
      for (String argument : args) {
        if (argument.indexOf('\ufffd') >= 0) {
          return sayUndecoded(argument);
        }
      }
      return run(context, args, verbose);
    }
  }

  @SuppressWarnings("CatchThrowable") // errors too end in a sentence and an exit code
  private int run(CommandContext context, String[] args, boolean verbose) {
    try (EditorCatalogue catalogue = EditorCatalogue.forCommandLine(args, console)) {
      CommandLine line = new CommandLine(CommandSpec.forAnnotatedObject(new Top()));
      Subcommands commands = new Subcommands(line, context);
      commands.with(GenerateCommand.class, GenerateCommand::new);
      for (ConceptEditor.Operation operation : ConceptEditor.Operation.values()) {
        commands.with(
            EditCommand.name(operation),
            new String[] {EditCommand.description(operation)},
            () -> EditCommand.spec(context, catalogue, operation));
      }
      commands
          .with(InvertCommand.class, InvertCommand::spec)
          .with(RunCommand.class, RunCommand::new)
          .with(PatchCommand.class, PatchCommand::of)
          .with(CompareCommand.class, CompareCommand::new)
          .with(DemoCommand.class, DemoCommand::new)
          .with(ClassifyCommand.class, ClassifyCommand::new)
          .formerly("recognise", ClassifyCommand.class, ClassifyCommand::new)
          .with(ModelsCommand.class, ModelsCommand::of)
          .with(PluginsCommand.class, PluginsCommand::new)
          .with(DoctorCommand.class, DoctorCommand::new)
          .with(EvaluateCommand.class, EvaluateCommand::of)
          .with(AttackCommand.class, AttackCommand::of)
          .with(AttestCommand.class, AttestCommand::new)
          .with(BenchCommand.class, BenchCommand::of)
          .with(CompletionCommand.class, CompletionCommand::new)
          .with(ManCommand.class, ManCommand::new);
      ServiceLoader.load(CommandProvider.class).forEach(provider -> provider.addTo(commands));
      line.setOut(console.out());
      line.setErr(console.err());
      line.setCaseInsensitiveEnumValuesAllowed(true);
      line.setExpandAtFiles(false); // @FILE is a value of settings that are lists
      line.setParameterExceptionHandler((failure, given) -> sayWrongUse(failure));
      line.setExecutionExceptionHandler((failure, command, parsed) -> report(failure, verbose));
      FormerOptions.addTo(line.getCommandSpec());
      line.setExecutionStrategy(parsed -> FormerOptions.run(parsed, console));
      return line.execute(args);
    } catch (Throwable e) {
      return report(e, verbose);
    }
  }

  /** Java puts U+FFFD where the locale's character set does not know what was typed. */
  private int sayUndecoded(String argument) {
    console.note(
        Message.of(
            "fmn: %s the argument '%s' has characters that could not be read in the character set"
                + " of this locale (%s); set a UTF-8 locale, such as LC_ALL=C.UTF-8, and try"
                + " again",
            Failure.WRONG_USE.code(), argument, System.getProperty("sun.jnu.encoding")));
    return ExitCodes.WRONG_USE;
  }

  private int sayWrongUse(CommandLine.ParameterException failure) {
    console.noteText("fmn: " + Failure.WRONG_USE.code() + " " + failure.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(failure, console.err());
    String command = failure.getCommandLine().getCommandSpec().qualifiedName();
    console.note("See " + command + " --help.");
    return ExitCodes.WRONG_USE;
  }

  private int report(Throwable failure, boolean verbose) {
    if (failure instanceof CancellationException) {
      console.note("Stopped. Files that were finished before are there; nothing is half-written.");
      return ExitCodes.STOPPED;
    }
    console.noteText("fmn: " + Failure.message(failure, console.stage()));
    if (verbose) {
      StringWriter trace = new StringWriter();
      failure.printStackTrace(new PrintWriter(trace));
      console.noteText(trace.toString());
    }
    return Failure.exitCode(failure);
  }

  @Command(
      name = "fmn",
      description = {
        "Forget-Me-Not: a text-to-image model that forgets what you choose, by patches.",
        ""
      },
      subcommands = CommandLine.HelpCommand.class,
      versionProvider = Version.class,
      mixinStandardHelpOptions = true,
      exitCodeListHeading = "%nExit codes:%n",
      exitCodeList = {"0:done", "1:failed", "2:wrong use", "130:stopped by Ctrl-C"})
  private static final class Top implements Runnable {
    @CommandLine.Spec private CommandSpec spec;

    @Override
    public void run() {
      throw new CommandLine.ParameterException(spec.commandLine(), "which command?");
    }
  }

  /** Says the versions of the program and of host-api. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      HostVersions versions = HostVersions.read();
      return new String[] {"fmn " + versions.program() + " (host-api " + versions.hostApi() + ")"};
    }
  }
}

package dev.forgetmenot.host.cli.doctor;

import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ContextCommand;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.PluginOptions;
import dev.forgetmenot.host.cli.shell.ReadingArguments;
import dev.forgetmenot.host.cli.shell.ThreadOptions;
import dev.forgetmenot.host.cli.shell.TrustOptions;
import dev.forgetmenot.host.model.InstallDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fmn doctor}: what the program has to work with here. */
@Command(
    name = "doctor",
    description = {
      "Say what the program has to work with: machine, engine, processors, memory, folders, and "
          + "what a model needs of them.",
      "Ends with 1 if something keeps commands from running."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class DoctorCommand extends ContextCommand {
  @Option(
      names = "--model",
      paramLabel = "DIR|FILE",
      description = "Look at this model (default: the model that comes with the program).")
  private Path model;

  @Mixin private ReadingArguments reading;

  @Option(names = "--json", description = "Print JSON; docs/troubleshooting.md lists the keys.")
  private boolean json;

  @Option(names = PluginOptions.VERBOSE, description = "Say more, with stack traces of errors.")
  void verbose(boolean on) {} // the program looks for the word itself

  @Mixin ThreadOptions threads; // for picocli alone

  @Mixin private TrustOptions trust;

  /** The command. */
  public DoctorCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    Findings found = Examination.of(model(), reading.options(), trust.store().file());
    if (json) {
      context.console().sayText(found.json());
    } else {
      found.lines().forEach(context::say);
      found.problems().forEach(problem -> context.console().note("fmn: " + problem));
    }
    return found.problems().isEmpty() ? ExitCodes.DONE : ExitCodes.FAILED;
  }

  private Optional<Path> model() throws IOException {
    if (model != null) {
      return Optional.of(model);
    }
    Optional<InstallDirectory> home = InstallDirectory.ifKnown().filter(known -> hasModels(known));
    return home.isEmpty() ? Optional.empty() : Optional.of(home.get().defaultModel());
  }

  private static boolean hasModels(InstallDirectory home) {
    try {
      return !home.models().isEmpty();
    } catch (IOException e) {
      return false;
    }
  }
}

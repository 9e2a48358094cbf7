package dev.forgetmenot.host.cli;

import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.job.HostHome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code fmn models}: the model folders that come with the program. */
@Command(
    name = "models",
    description = "List the models in models/ of the program; any other is named by --model DIR.",
    mixinStandardHelpOptions = true)
final class ModelsCommand implements Callable<Integer> {
  private final CommandContext context;

  ModelsCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    HostHome home = HostHome.ofProcess();
    List<Path> models = home.models();
    if (models.isEmpty()) {
      context.say("no models in " + home.folder("models"));
      return ExitCodes.DONE;
    }
    Path chosen = home.defaultModel().toAbsolutePath().normalize();
    for (Path model : models) {
      boolean isDefault = model.toAbsolutePath().normalize().equals(chosen);
      context.say(
          String.format("%-24s %s%s", model.getFileName(), model, isDefault ? "  (default)" : ""));
    }
    return ExitCodes.DONE;
  }
}

package dev.forgetmenot.host.cli.models;

import dev.forgetmenot.diffusion.pipeline.ModelOnDisk;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ContextCommand;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.model.InstallDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code fmn models}: the models that come with the program, and what can be said of any. */
@Command(
    name = "models",
    description =
        "List the models in models/ of the program; any other is named by --model. fmn "
            + "models identify says what a model is.",
    mixinStandardHelpOptions = true)
public final class ModelsCommand extends ContextCommand {
  private ModelsCommand(CommandContext context) {
    super(context);
  }

  /** The command with all that it can say. */
  public static CommandLine of(CommandContext context) {
    return new CommandLine(new ModelsCommand(context))
        .addSubcommand(new ModelsIdentifyCommand(context));
  }

  @Override
  public Integer call() throws IOException {
    InstallDirectory home = InstallDirectory.ofProcess();
    List<Path> models = home.models();
    if (models.isEmpty()) {
      context.say("no models in " + home.folder("models"));
      return ExitCodes.DONE;
    }
    Path chosen = home.defaultModel().toAbsolutePath().normalize();
    for (Path model : models) {
      boolean isDefault = model.toAbsolutePath().normalize().equals(chosen);
      context.say(
          Message.of(
              "%-24s %-26s %s%s",
              ModelOnDisk.label(model), kind(model), model, isDefault ? "  (default)" : ""));
    }
    return ExitCodes.DONE;
  }

  private String kind(Path path) {
    try (ModelOnDisk model = ModelOnDisk.open(path)) {
      return model.base().architecture();
    } catch (IOException e) {
      context.console().note(e.getMessage());
      return "cannot be used";
    }
  }
}

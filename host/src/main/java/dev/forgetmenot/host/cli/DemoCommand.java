package dev.forgetmenot.host.cli;

import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ContextCommand;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.ModelOptions;
import dev.forgetmenot.host.demo.DemoJob;
import dev.forgetmenot.host.demo.DemoResult;
import dev.forgetmenot.host.plugin.HostPluginManager;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fmn demo}: before, forget, after. */
@Command(
    name = "demo",
    description = {
      "Draw a sheet with the embedded model, let it forget a concept, draw the sheet "
          + "again, and say what changed.",
      "Takes about a minute or two."
    },
    mixinStandardHelpOptions = true)
final class DemoCommand extends ContextCommand {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      defaultValue = "demo",
      description = "Where the sheet and the patch go (default: ${DEFAULT-VALUE}/).")
  private Path output;

  @Mixin private ModelOptions options;

  DemoCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    try (HostPluginManager plugins = options.plugins().start(context.console())) {
      DemoResult result = new DemoJob(options.loader(plugins), context).run(output);
      context.say("");
      context.say("Recognised before -> after, judged by the model's own CLIP:");
      result.lines().forEach(line -> context.say("  " + line));
      context.say("");
      context.say("before and after  " + result.sheet());
      context.say("the patch         " + result.patch());
    }
    return ExitCodes.DONE;
  }
}

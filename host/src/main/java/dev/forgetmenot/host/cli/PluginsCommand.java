package dev.forgetmenot.host.cli;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.cli.shell.CommandContext;
import dev.forgetmenot.host.cli.shell.ContextCommand;
import dev.forgetmenot.host.cli.shell.ExitCodes;
import dev.forgetmenot.host.cli.shell.PluginOptions;
import dev.forgetmenot.host.plugin.HostPluginManager;
import dev.forgetmenot.host.plugin.PluginReport;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code fmn plugins}: what is installed, whether it works and what it brings. */
@Command(
    name = "plugins",
    description = "List the plugins: id, version, state, what they bring, and why one is left out.",
    mixinStandardHelpOptions = true)
final class PluginsCommand extends ContextCommand {
  @Mixin private PluginOptions options;

  PluginsCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() {
    try (HostPluginManager manager = options.startQuietly()) {
      List<PluginReport> reports = manager.reports();
      if (reports.isEmpty()) {
        context.say("no plugins in " + manager.getPluginsRoot());
      }
      reports.forEach(this::say);
    }
    return ExitCodes.DONE;
  }

  private void say(PluginReport report) {
    context.say(Message.of("%-24s %-16s %s", report.id(), report.version(), report.state()));
    report
        .extensions()
        .forEach(e -> context.say("    " + e.extensionPoint() + "  " + e.className()));
    if (report.started() && report.extensions().isEmpty()) {
      context.say("    brings no extension: is META-INF/extensions.idx in the jar?");
    }
    if (!report.started()) {
      context.say("    " + report.reason());
    }
  }
}

package dev.forgetmenot.host.cli.shell;

import dev.forgetmenot.host.HostVersions;
import dev.forgetmenot.host.model.InstallDirectory;
import dev.forgetmenot.host.plugin.HostPluginManager;
import dev.forgetmenot.host.plugin.PluginReport;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options of every command that uses plugins. */
public final class PluginOptions {
  /** The option that shows stack traces. */
  public static final String VERBOSE = "--verbose";

  @Option(
      names = "--plugins",
      paramLabel = "DIR",
      description = "The folder of the plugin jars (default: plugins/ of the program).")
  private Path plugins;

  /** Libraries log from now on; slf4j-simple reads this when the first logger is made. */
  @Option(names = VERBOSE, description = "Say more, with stack traces of errors.")
  void hearLibraries(boolean on) {
    if (on) {
      System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "info");
    }
  }

  /** Loads and starts the plugins; those that cannot be used are named on the console. */
  public HostPluginManager start(Console console) {
    HostPluginManager manager = startQuietly();
    manager.reports().stream()
        .filter(report -> !report.started())
        .forEach(report -> console.note(left(report)));
    return manager;
  }

  /** Loads and starts the plugins. */
  public HostPluginManager startQuietly() {
    Path folder =
        Optional.ofNullable(plugins)
            .orElseGet(() -> InstallDirectory.ofProcess().folder("plugins"));
    return HostPluginManager.start(folder, HostVersions.read().hostApi());
  }

  private static String left(PluginReport report) {
    return report.extensions().isEmpty()
        ? "plugin " + report.id() + " is left out: " + report.reason()
        : "plugin " + report.id() + " takes part without some of its " + report.reason();
  }
}

package dev.forgetmenot.host.cli.patch;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.cli.shell.Subcommands;
import dev.forgetmenot.host.model.InstallDirectory;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** In the place of a command whose jar is not there: says which jar that is. */
@Command(hidden = true)
final class MissingCommand implements Runnable {
  private static final String JAR = "fmn-plugin-oci";
  private static final List<String> NAMES = List.of("push", "pull");

  @Spec private CommandSpec spec;

  @Parameters List<String> words; // for picocli alone: whatever is asked for

  private MissingCommand() {}

  /** Adds those that the command line names and that no provider has added. */
  static void addTo(Subcommands commands) {
    for (String name : NAMES) {
      if (commands.context().arguments().contains(name)
          && !commands.line().getSubcommands().containsKey(name)) {
        CommandSpec spec = CommandSpec.forAnnotatedObject(new MissingCommand());
        spec.parser().unmatchedOptionsArePositionalParams(true);
        commands.line().addSubcommand(name, spec);
      }
    }
  }

  @Override
  public void run() {
    throw new IllegalStateException(
        Message.of(
            "%s comes with the jar %s, which is not in lib/ of the program%s: put it there",
            spec.qualifiedName(),
            JAR,
            InstallDirectory.ifKnown().map(home -> " (" + home.folder("lib") + ")").orElse("")));
  }
}

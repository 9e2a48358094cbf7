package dev.forgetmenot.oci;

import dev.forgetmenot.host.cli.shell.CommandProvider;
import dev.forgetmenot.host.cli.shell.Subcommands;

/** The commands of this module, found by the program where its jar is. */
public final class RegistryCommands implements CommandProvider {
  @Override
  public void addToPatch(Subcommands commands) {
    commands.with(PushCommand.class, PushCommand::new).with(PullCommand.class, PullCommand::new);
  }
}

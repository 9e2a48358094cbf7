package dev.forgetmenot.studio;

import dev.forgetmenot.host.cli.shell.CommandProvider;
import dev.forgetmenot.host.cli.shell.Subcommands;

/** The commands of this module, found by the program where its jar is. */
public final class StudioCommands implements CommandProvider {
  @Override
  public void addTo(Subcommands commands) {
    commands.with(StudioCommand.class, StudioCommand::new);
    commands.with(ServeCommand.class, ServeCommand::new);
  }
}

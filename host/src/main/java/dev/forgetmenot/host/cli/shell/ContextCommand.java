package dev.forgetmenot.host.cli.shell;

import java.util.concurrent.Callable;

/** A command of the program: it gives its exit code. */
public abstract class ContextCommand implements Callable<Integer> {
  /** Where to print, and whether to stop. */
  protected final CommandContext context;

  /** A command, whose options are filled in before it is called. */
  protected ContextCommand(CommandContext context) {
    this.context = context;
  }
}

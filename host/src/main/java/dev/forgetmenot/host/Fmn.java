package dev.forgetmenot.host;

import dev.forgetmenot.host.cli.CommandLineProgram;
import dev.forgetmenot.host.cli.shell.Console;
import dev.forgetmenot.host.cli.shell.Interrupt;

/** {@code fmn}: the only main class. */
public final class Fmn {
  private Fmn() {}

  /** Runs a command line and ends the process with its exit code. */
  public static void main(String[] args) {
    int code;
    Console console = Console.ofProcess();
    try (Interrupt interrupt = Interrupt.listen(console)) {
      code = new CommandLineProgram(console, interrupt::requested).run(args);
    }
    System.exit(code);
  }
}

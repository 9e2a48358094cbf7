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
    try (Interrupt interrupt = Interrupt.listen()) {
      code = new CommandLineProgram(Console.ofProcess(), interrupt::requested).run(args);
    }
    System.exit(code);
  }
}

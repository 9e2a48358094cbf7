package dev.forgetmenot.host.cli;

import dev.forgetmenot.host.cli.shell.Console;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.function.BooleanSupplier;

/** One run of the command line in this process, and what it said. */
public record ProgramRun(int code, String out, String err) {
  /** Runs a command line. */
  public static ProgramRun of(String... args) {
    return stoppedWhen(() -> false, args);
  }

  /** Runs a command line on a terminal where someone types. */
  public static ProgramRun answering(String typed, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Console console =
        new Console(
            new PrintWriter(out), new PrintWriter(err), true, new StringReader(typed + "\n"));
    int code = new CommandLineProgram(console, () -> false).run(args);
    return new ProgramRun(code, out.toString(), err.toString());
  }

  /** Runs a command line that the user stops. */
  public static ProgramRun stoppedWhen(BooleanSupplier cancelled, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Console console = new Console(new PrintWriter(out), new PrintWriter(err), false);
    int code = new CommandLineProgram(console, cancelled).run(args);
    return new ProgramRun(code, out.toString(), err.toString());
  }
}

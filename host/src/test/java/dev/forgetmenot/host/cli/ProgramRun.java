package dev.forgetmenot.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.host.cli.shell.Console;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** One run of the command line in this process, and what it said. */
public record ProgramRun(int code, String out, String err) {
  /** Runs a command line. */
  public static ProgramRun of(String... args) {
    return stoppedWhen(() -> false, args);
  }

  /**
   * Runs a command line.
   *
   * @param command its words, parted by blanks
   * @param more words that may have blanks
   */
  public static ProgramRun line(String command, Object... more) {
    return of(
        Stream.concat(Stream.of(command.split(" ")), Stream.of(more).map(Object::toString))
            .toArray(String[]::new));
  }

  /** The same of one that ends well. */
  public static ProgramRun done(String command, Object... more) {
    ProgramRun run = line(command, more);
    assertThat(run.code())
        .as(command + " " + List.of(more) + "\n" + run.out() + "\n" + run.err())
        .isZero();
    return run;
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

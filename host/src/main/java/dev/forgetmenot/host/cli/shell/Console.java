package dev.forgetmenot.host.cli.shell;

import dev.forgetmenot.files.TerminalEscaper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Where a command prints: results on one stream, progress and errors on another. On a terminal
 * progress is a bar with the time left, elsewhere a line now and then. Thread-safe.
 */
public final class Console implements AutoCloseable {
  /** Lines of progress that a stage gets where there is no terminal. */
  private static final int LINES_A_STAGE = 4;

  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean terminal;
  private final BufferedReader in;
  private ProgressBar bar; // null between stages
  private String stage = "";
  private String lastStage = "";
  private long linesSaid;

  /** A console on any two streams, without anyone who answers. */
  public Console(PrintWriter out, PrintWriter err, boolean terminal) {
    this(out, err, terminal, Reader.nullReader());
  }

  /**
   * A console on any streams.
   *
   * @param terminal whether someone sits there, who is asked
   * @param in what that one answers
   */
  public Console(PrintWriter out, PrintWriter err, boolean terminal, Reader in) {
    this.out = out;
    this.err = err;
    this.terminal = terminal;
    this.in = new BufferedReader(in);
  }

  /** The console of the process. */
  public static Console ofProcess() {
    PrintWriter out = new PrintWriter(System.out, true, charset("stdout", System::getProperty));
    PrintWriter err = new PrintWriter(System.err, true, charset("stderr", System::getProperty));
    return isTerminal()
        ? new Console(out, err, true, System.console().reader())
        : new Console(out, err, false);
  }

  /**
   * What the terminal or file behind a stream expects: what Java found out (two spellings, by
   * version), or what the system uses. Java's default is UTF-8 from version 18 on, whatever is
   * behind the stream.
   *
   * @param stream {@code stdout} or {@code stderr}
   * @param property gives system properties, null for none
   */
  static Charset charset(String stream, UnaryOperator<String> property) {
    for (String name :
        List.of(stream + ".encoding", "sun." + stream + ".encoding", "native.encoding")) {
      String value = property.apply(name);
      if (value != null && known(value)) {
        return Charset.forName(value);
      }
    }
    return Charset.defaultCharset();
  }

  private static boolean known(String charset) {
    try {
      return Charset.isSupported(charset);
    } catch (IllegalCharsetNameException e) {
      return false;
    }
  }

  @SuppressWarnings("SystemConsoleNull") // JDK 22 and newer are asked by their own method
  private static boolean isTerminal() {
    java.io.Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      return (boolean) java.io.Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException e) {
      return true; // before JDK 22 there is a console only where there is a terminal
    }
  }

  /** The stream of results. */
  public PrintWriter out() {
    return out;
  }

  /** The stream of errors and progress. */
  public PrintWriter err() {
    return err;
  }

  /** Says one line of the result; ends of lines within it are written out. */
  public synchronized void say(String line) {
    endStage();
    out.println(TerminalEscaper.field(line));
    out.flush();
  }

  /** Says a text of the result that has lines of its own, such as JSON. */
  public synchronized void sayText(String text) {
    endStage();
    out.println(TerminalEscaper.of(text));
    out.flush();
  }

  /** Says one line beside the result; ends of lines within it are written out. */
  public synchronized void note(String line) {
    endStage();
    err.println(TerminalEscaper.field(line));
    err.flush();
  }

  /** Says a text beside the result: all lines after its first are indented. */
  public synchronized void noteText(String text) {
    endStage();
    text.lines().limit(1).map(TerminalEscaper::field).forEach(err::println);
    text.lines().skip(1).map(Console::indented).forEach(err::println);
    err.flush();
  }

  private static String indented(String line) {
    int from = line.length() - line.stripLeading().length();
    return (from == 0 ? "  " : line.substring(0, from))
        + TerminalEscaper.field(line.substring(from));
  }

  /**
   * Asks for a yes.
   *
   * @return whether it was given; empty where there is no terminal
   */
  public synchronized Optional<Boolean> confirm(String question) throws IOException {
    endStage();
    if (!terminal) {
      return Optional.empty();
    }
    err.print(TerminalEscaper.field(question) + " [y/N] ");
    err.flush();
    String answer = in.readLine();
    return Optional.of(answer != null && answer.strip().matches("(?i)y|yes"));
  }

  /** Says how far a stage has come; a new name begins a new stage. */
  public synchronized void progress(String name, long done, long total) {
    if (!name.equals(stage)) {
      endStage();
      stage = name;
      lastStage = name;
      linesSaid = 0;
      bar = terminal ? newBar(name, total) : null;
    }
    if (bar != null) {
      bar.maxHint(total);
      bar.stepTo(done);
    } else if (!terminal) {
      line(name, done, total);
    }
    if (done >= total) {
      endStage();
    }
  }

  private void line(String name, long done, long total) {
    long due = total <= 0 ? 0 : done * LINES_A_STAGE / total;
    if (due > linesSaid) {
      linesSaid = due;
      err.println(name + " " + done + "/" + total);
      err.flush();
    }
  }

  private static ProgressBar newBar(String name, long total) {
    return new ProgressBarBuilder()
        .setTaskName(name)
        .setInitialMax(total)
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(200)
        .build();
  }

  private void endStage() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
    stage = "";
  }

  /** The last stage that was said to come on; empty where there was none. */
  public synchronized String stage() {
    return lastStage;
  }

  /** Ends an open bar. */
  @Override
  public synchronized void close() {
    endStage();
    out.flush();
    err.flush();
  }
}

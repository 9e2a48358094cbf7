package dev.forgetmenot.host.cli.shell;

import picocli.CommandLine;

/** How commands end. */
public final class ExitCodes {
  /** The command did what it should. */
  public static final int DONE = CommandLine.ExitCode.OK;

  /** It failed. */
  public static final int FAILED = CommandLine.ExitCode.SOFTWARE;

  /** The command line is wrong. */
  public static final int WRONG_USE = CommandLine.ExitCode.USAGE;

  /** It was stopped by Ctrl-C. */
  public static final int STOPPED = 130;

  private ExitCodes() {}
}

package dev.forgetmenot.host.cli.shell;

import dev.forgetmenot.diffusion.engine.OperatorThreads;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How many processors a command that computes may keep busy. */
public final class ThreadOptions {
  /** Java's own pool reads this when it is first used. */
  private static final String COMMON_POOL = "java.util.concurrent.ForkJoinPool.common.parallelism";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  /** For the engine and for what is computed in Java, from now on and for the whole process. */
  @Option(
      names = "--threads",
      paramLabel = "N",
      description =
          "How many threads compute (default: what the variable FMN_THREADS says, else the"
              + " physical cores that the process may use).")
  void use(int threads) {
    try {
      System.setProperty(
          OperatorThreads.PROPERTY, Integer.toString(OperatorThreads.require(threads)));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), "--threads: " + e.getMessage(), e);
    }
    System.setProperty(COMMON_POOL, Integer.toString(threads - 1)); // and the caller
  }
}

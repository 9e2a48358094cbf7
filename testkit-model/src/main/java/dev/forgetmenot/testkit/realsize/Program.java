package dev.forgetmenot.testkit.realsize;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The packed program, run as a user runs it.
 *
 * @param start its start script
 * @param work where commands run: file names in them are relative to it
 */
record Program(Path start, Path work) {
  /** Runs a command with the largest Java heap given, such as {@code 512m}. */
  MeasuredRun run(String heap, String... arguments) throws IOException, InterruptedException {
    return run(heap, MeasuredRun::never, arguments);
  }

  /** Runs a command and kills it by SIGKILL once the predicate of its log says so. */
  MeasuredRun run(String heap, Predicate<Path> kill, String... arguments)
      throws IOException, InterruptedException {
    Path logs = work.resolve("logs");
    List<String> command = new ArrayList<>(List.of(start.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(work.toFile());
    builder
        .environment()
        .put(
            "FMN_JAVA_OPTS",
            "-Xmx"
                + heap
                + " -Xlog:gc,gc+heap+exit:file="
                + logs.resolve(MeasuredRun.GC_LOG).toAbsolutePath()
                + ":none");
    return MeasuredRun.of(builder, shown(arguments), logs, kill);
  }

  static String shown(String... arguments) {
    StringBuilder text = new StringBuilder("fmn");
    for (String argument : arguments) {
      boolean quoted = argument.isEmpty() || argument.indexOf(' ') >= 0;
      text.append(' ').append(quoted ? '"' + argument + '"' : argument);
    }
    return text.toString();
  }
}

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
  /**
   * Runs a command line with the largest Java heap given, such as {@code 512m}.
   *
   * @throws IOException if it cannot be started
   */
  MeasuredRun run(String heap, String command) throws IOException, InterruptedException {
    return run(heap, MeasuredRun::never, command);
  }

  /** The same; it is killed by SIGKILL once the predicate of its log says so. */
  MeasuredRun run(String heap, Predicate<Path> kill, String command)
      throws IOException, InterruptedException {
    Path logs = work.resolve("logs");
    List<String> words = new ArrayList<>(List.of(start.toString()));
    words.addAll(CommandList.arguments(command));
    ProcessBuilder builder = new ProcessBuilder(words).directory(work.toFile());
    Path collections = logs.resolve(MeasuredRun.GC_LOG);
    builder
        .environment()
        .put(
            "FMN_JAVA_OPTS",
            "-Xmx" + heap + " -Xlog:gc,gc+heap+exit:file=" + collections + ":none");
    return MeasuredRun.of(builder, command, logs, kill);
  }
}

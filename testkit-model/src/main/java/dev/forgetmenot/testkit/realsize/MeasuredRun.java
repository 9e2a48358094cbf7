package dev.forgetmenot.testkit.realsize;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a command took, measured from outside of its process.
 *
 * @param command as it can be pasted
 * @param exitCode of the process; empty where it was killed here
 * @param wall from start to end
 * @param residentMiB largest resident memory (VmHWM), as often as once in 20 ms
 * @param heapMiB largest used Java heap before a collection or at the end, garbage included; 0
 *     where no Java ran
 * @param output standard output and error
 */
public record MeasuredRun(
    String command,
    OptionalInt exitCode,
    Duration wall,
    long residentMiB,
    long heapMiB,
    List<String> output) {
  private static final Pattern USED = Pattern.compile("(\\d+)M->\\d+M\\(|used (\\d+)K");
  private static final long POLL_MILLIS = 20;

  /** Where Java writes what its collections found, in the folder of logs. */
  static final String GC_LOG = "gc.log";

  /** Copies the list. */
  public MeasuredRun {
    output = List.copyOf(output);
  }

  /** Whether the command ended with 0. */
  public boolean succeeded() {
    return exitCode.equals(OptionalInt.of(0));
  }

  /**
   * Runs a command.
   *
   * @param builder what to run; its output goes to a file in the folder
   * @param shown as it can be pasted
   * @param folder where logs go
   * @param kill asked with the folder's state now and then; true ends the process by SIGKILL
   * @throws IOException if it cannot be started
   */
  static MeasuredRun of(ProcessBuilder builder, String shown, Path folder, Predicate<Path> kill)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Path log = Files.createTempFile(folder, "run-", ".log");
    Path collections = folder.resolve(GC_LOG);
    Files.deleteIfExists(collections);
    long start = System.nanoTime();
    Process process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    process.getOutputStream().close();
    long resident = 0;
    boolean killed = false;
    while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
      resident = Math.max(resident, resident(process.pid()));
      if (!killed && kill.test(log)) {
        killed = true;
        process.destroyForcibly();
      }
    }
    Duration wall = Duration.ofNanos(System.nanoTime() - start);
    OptionalInt code = killed ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
    List<String> output = lines(log);
    return new MeasuredRun(shown, code, wall, resident >> 10, heap(collections), output);
  }

  /** The condition of a run that is left to its end. */
  static boolean never(Path log) {
    return false;
  }

  /** Kilobytes; 0 once the process has ended. */
  private static long resident(long pid) {
    try {
      return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }

  private static long heap(Path collections) throws IOException {
    long largest = 0;
    if (Files.exists(collections)) {
      for (String line : lines(collections)) {
        Matcher used = USED.matcher(line);
        while (used.find()) {
          largest =
              Math.max(
                  largest,
                  used.group(1) != null
                      ? Long.parseLong(used.group(1))
                      : line.contains("Metaspace") || line.contains("class space")
                          ? 0
                          : Long.parseLong(used.group(2)) >> 10);
        }
      }
    }
    return largest;
  }

  private static List<String> lines(Path file) throws IOException {
    return new ArrayList<>(
        new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList());
  }
}

package dev.forgetmenot.diffusion.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The processors that this process may use.
 *
 * @param logical what the JVM counts: those of the affinity, at most the quota of its own control
 *     group; at least 1
 * @param cores physical cores behind the processors of the affinity; two hardware threads of a core
 *     count once. Empty where the system does not say it in files (all but Linux)
 * @param quota how many processors the control groups allow at a time, parents included, rounded
 *     up; empty without a quota
 */
public record Processors(int logical, OptionalInt cores, OptionalInt quota) {
  /** Those of this process, now. */
  public static Processors ofProcess() {
    return read(Path.of("/"), Runtime.getRuntime().availableProcessors());
  }

  /**
   * As the files below a folder say.
   *
   * @param root the folder that has {@code proc} and {@code sys}
   */
  static Processors read(Path root, int logical) {
    return new Processors(logical, physicalCores(root), quota(root));
  }

  /**
   * How many threads an operator should share: a second thread of a core has no arithmetic unit of
   * its own, and one beyond a quota waits for the others to be stopped. Empty where cores are not
   * known.
   */
  public OptionalInt useful() {
    return cores.isEmpty() ? cores : OptionalInt.of(Math.min(cores.getAsInt(), atOnce()));
  }

  /** How many threads may run at once, whatever cores they are on. */
  public int atOnce() {
    return Math.min(logical, quota.orElse(logical));
  }

  private static OptionalInt physicalCores(Path root) {
    try {
      BitSet allowed = allowed(root);
      Set<String> cores = new HashSet<>();
      for (int cpu = allowed.nextSetBit(0); cpu >= 0; cpu = allowed.nextSetBit(cpu + 1)) {
        Path folder = root.resolve("sys/devices/system/cpu/cpu" + cpu + "/topology");
        cores.add(
            Files.readString(folder.resolve("thread_siblings_list"), StandardCharsets.US_ASCII)
                .strip());
      }
      return cores.isEmpty() ? OptionalInt.empty() : OptionalInt.of(cores.size());
    } catch (IOException | NumberFormatException e) {
      return OptionalInt.empty();
    }
  }

  /** The affinity, a list as the kernel writes it: {@code 0-3,8,10-11}. */
  private static BitSet allowed(Path root) throws IOException {
    BitSet all = new BitSet();
    for (String line :
        Files.readAllLines(root.resolve("proc/self/status"), StandardCharsets.ISO_8859_1)) {
      if (line.startsWith("Cpus_allowed_list:")) {
        for (String part : line.substring(line.indexOf(':') + 1).strip().split(",", -1)) {
          int dash = part.indexOf('-');
          int first = Integer.parseInt(dash < 0 ? part : part.substring(0, dash));
          int last = dash < 0 ? first : Integer.parseInt(part.substring(dash + 1));
          if (first < 0 || last < first) {
            throw new NumberFormatException(part);
          }
          all.set(first, last + 1);
        }
      }
    }
    return all;
  }

  private static OptionalInt quota(Path root) {
    return lines(root.resolve("proc/self/cgroup")).stream()
        .map(line -> line.split(":", 3))
        .filter(parts -> parts.length == 3)
        .mapToDouble(parts -> quota(root, parts[1], parts[2]))
        .filter(Double::isFinite)
        .mapToInt(processors -> (int) Math.max(1, Math.ceil(processors)))
        .min();
  }

  /**
   * The least quota of a control group and its parents.
   *
   * @param controllers of a hierarchy of version 1; empty for version 2
   * @param group its path; in a container that of outside, where only the root is to be seen
   */
  private static double quota(Path root, String controllers, String group) {
    boolean second = controllers.isEmpty();
    if (!second && !List.of(controllers.split(",", -1)).contains("cpu")) {
      return Double.POSITIVE_INFINITY;
    }
    Path mounted = root.resolve(second ? "sys/fs/cgroup" : "sys/fs/cgroup/cpu");
    double least = quotaIn(mounted, second);
    Path folder = mounted.resolve(group.replaceFirst("^/+", "")).normalize();
    for (; folder != null && folder.startsWith(mounted); folder = folder.getParent()) {
      least = Math.min(least, quotaIn(folder, second));
    }
    return least;
  }

  /** Version 2 writes {@code cpu.max} as quota and period, version 1 a file for each. */
  private static double quotaIn(Path folder, boolean second) {
    String text =
        second
            ? String.join(" ", lines(folder.resolve("cpu.max")))
            : String.join(" ", lines(folder.resolve("cpu.cfs_quota_us")))
                + " "
                + String.join(" ", lines(folder.resolve("cpu.cfs_period_us")));
    if (!text.matches("[1-9][0-9]{0,17} [1-9][0-9]{0,17}")) {
      return Double.POSITIVE_INFINITY; // no file, "max", or -1: no quota
    }
    int space = text.indexOf(' ');
    return Double.parseDouble(text.substring(0, space)) / Double.parseDouble(text.substring(space));
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return List.of();
    }
  }
}

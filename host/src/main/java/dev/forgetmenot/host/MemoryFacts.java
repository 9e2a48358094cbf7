package dev.forgetmenot.host;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * The memory that this process may use, in bytes. Tensors live outside of the Java heap, so both
 * numbers matter.
 *
 * @param heapMax what the Java heap may grow to, as {@code -Xmx} says
 * @param heapUsed what it holds now, garbage included
 * @param resident what this process holds of the machine's memory; empty where it is not known
 * @param peakResident the most that it has held so far; empty where it is not known
 * @param total of the machine, or less where a control group (a container) allows less
 * @param available what can still be taken without swapping: the smallest of what the machine has
 *     free, page cache included, and of what the control groups leave
 */
public record MemoryFacts(
    long heapMax,
    long heapUsed,
    OptionalLong resident,
    OptionalLong peakResident,
    long total,
    long available) {
  private static final long KIB = 1024;

  /** As it is now. */
  public static MemoryFacts read() {
    return read(Path.of("/"));
  }

  /**
   * As the files below a folder say.
   *
   * @param root the folder that has {@code proc} and {@code sys}
   */
  static MemoryFacts read(Path root) {
    OperatingSystemMXBean machine =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    Runtime java = Runtime.getRuntime();
    List<String> memory = lines(root.resolve("proc/meminfo"));
    List<String> status = lines(root.resolve("proc/self/status"));
    long total = field(memory, "MemTotal").orElseGet(machine::getTotalMemorySize);
    long available = field(memory, "MemAvailable").orElseGet(machine::getFreeMemorySize);
    for (ControlGroup group : ControlGroup.of(root)) {
      total = Math.min(total, group.limit());
      available = Math.min(available, Math.max(0, group.limit() - group.used()));
    }
    return new MemoryFacts(
        java.maxMemory(),
        java.totalMemory() - java.freeMemory(),
        field(status, "VmRSS"),
        field(status, "VmHWM"),
        total,
        available);
  }

  /** A line such as {@code MemTotal: 24684092 kB}. */
  private static OptionalLong field(List<String> lines, String name) {
    return lines.stream()
        .filter(line -> line.startsWith(name + ":"))
        .mapToLong(line -> KIB * Long.parseLong(line.replaceAll("[^0-9]", "")))
        .findFirst();
  }

  /** The lines of a file of the kernel; none where it is not there. */
  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return List.of();
    }
  }

  /**
   * A limit that a control group sets.
   *
   * @param limit bytes
   * @param used bytes of them that cannot be given back at once: page cache that rests is not used
   */
  private record ControlGroup(long limit, long used) {
    /** The groups of this process that have a limit, of version 1 and 2, with all their parents. */
    static List<ControlGroup> of(Path root) {
      return lines(root.resolve("proc/self/cgroup")).stream()
          .map(line -> line.split(":", 3))
          .filter(parts -> parts.length == 3)
          .flatMap(
              parts -> {
                boolean second = parts[1].isEmpty();
                boolean memory = List.of(parts[1].split(",")).contains("memory");
                Path mounted = root.resolve(second ? "sys/fs/cgroup" : "sys/fs/cgroup/memory");
                Path own = mounted.resolve(parts[2].replaceFirst("^/+", "")).normalize();
                return second || memory
                    ? upwards(own, mounted).stream().flatMap(folder -> in(folder, second).stream())
                    : Stream.of();
              })
          .toList();
    }

    private static List<Path> upwards(Path folder, Path last) {
      List<Path> folders = new ArrayList<>();
      Path next = folder;
      while (next != null && next.startsWith(last)) {
        folders.add(next);
        next = next.getParent();
      }
      if (!folders.contains(last)) {
        folders.add(last); // a container sees its own group there, whatever its path is outside
      }
      return folders;
    }

    private static List<ControlGroup> in(Path folder, boolean second) {
      OptionalLong limit = number(folder.resolve(second ? "memory.max" : "memory.limit_in_bytes"));
      OptionalLong used =
          number(folder.resolve(second ? "memory.current" : "memory.usage_in_bytes"));
      if (limit.isEmpty() || used.isEmpty()) {
        return List.of();
      }
      String cache = second ? "inactive_file " : "total_inactive_file ";
      long resting =
          lines(folder.resolve("memory.stat")).stream()
              .filter(line -> line.startsWith(cache))
              .mapToLong(line -> Long.parseLong(line.substring(cache.length()).strip()))
              .findFirst()
              .orElse(0);
      return List.of(new ControlGroup(limit.getAsLong(), Math.max(0, used.getAsLong() - resting)));
    }

    /** The number that a file holds; empty where there is none, such as {@code max}. */
    private static OptionalLong number(Path file) {
      return lines(file).stream()
          .map(String::strip)
          .filter(line -> line.matches("[0-9]{1,19}"))
          .mapToLong(Long::parseLong)
          .findFirst();
    }
  }
}

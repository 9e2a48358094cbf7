package dev.forgetmenot.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryFactsTest {
  private static final long GIB = 1L << 30;

  @TempDir Path root;

  @BeforeEach
  void machine() throws IOException {
    file(
        "proc/meminfo",
        "MemTotal:       25165824 kB\nMemFree:         1048576 kB\nMemAvailable:   20971520 kB\n");
    file("proc/self/status", "Name:\tjava\nVmHWM:\t 3145728 kB\nVmRSS:\t 2097152 kB\n");
  }

  @Test
  void withoutGroupsItIsTheMachine() {
    MemoryFacts facts = MemoryFacts.read(root);

    assertThat(facts.total()).isEqualTo(24 * GIB);
    assertThat(facts.available()).isEqualTo(20 * GIB);
    assertThat(facts.resident()).hasValue(2 * GIB);
    assertThat(facts.peakResident()).hasValue(3 * GIB);
    assertThat(facts.heapMax()).isEqualTo(Runtime.getRuntime().maxMemory());
  }

  @Test
  void aParentOfVersionTwoLimitsToo() throws IOException {
    file("proc/self/cgroup", "0::/build/job\n");
    file("sys/fs/cgroup/build/job/memory.max", "max\n");
    file("sys/fs/cgroup/build/job/memory.current", "1073741824\n");
    file("sys/fs/cgroup/build/memory.max", "8589934592\n");
    file("sys/fs/cgroup/build/memory.current", "6442450944\n");
    file("sys/fs/cgroup/build/memory.stat", "anon 5\ninactive_file 1073741824\n");

    MemoryFacts facts = MemoryFacts.read(root);

    assertThat(facts.total()).isEqualTo(8 * GIB);
    assertThat(facts.available()).as("8 - (6 - 1 of page cache)").isEqualTo(3 * GIB);
  }

  @Test
  void aContainerOfVersionOneSeesItsGroupAtTheMount() throws IOException {
    file("proc/self/cgroup", "5:cpu,cpuacct:/docker/af\n4:memory:/docker/af\n");
    file("sys/fs/cgroup/memory/memory.limit_in_bytes", "4294967296\n");
    file("sys/fs/cgroup/memory/memory.usage_in_bytes", "1073741824\n");

    MemoryFacts facts = MemoryFacts.read(root);

    assertThat(facts.total()).isEqualTo(4 * GIB);
    assertThat(facts.available()).isEqualTo(3 * GIB);
  }

  @Test
  void aLimitThatIsNoneIsNone() throws IOException {
    file("proc/self/cgroup", "4:memory:/\n0::/\n");
    file("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    file("sys/fs/cgroup/memory/memory.usage_in_bytes", "1073741824\n");

    assertThat(MemoryFacts.read(root).available()).isEqualTo(20 * GIB);
  }

  @Test
  void elsewhereTheJvmSaysIt() throws IOException {
    MemoryFacts facts = MemoryFacts.read(root.resolve("nothing"));

    assertThat(facts.total()).isGreaterThan(100 << 20);
    assertThat(facts.available()).isBetween(1L, facts.total());
    assertThat(facts.resident()).isEmpty();
  }

  private void file(String name, String text) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}

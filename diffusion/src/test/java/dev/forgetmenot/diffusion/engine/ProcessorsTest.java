package dev.forgetmenot.diffusion.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cores of a machine with six of them, two threads each: siblings are n and n + 6. */
class ProcessorsTest {
  @TempDir private Path folder;

  @BeforeEach
  void machine() throws IOException {
    for (int cpu = 0; cpu < 12; cpu++) {
      Path topology =
          Files.createDirectories(folder.resolve("sys/devices/system/cpu/cpu" + cpu + "/topology"));
      String siblings = cpu % 6 + "," + (cpu % 6 + 6) + "\n";
      Files.writeString(topology.resolve("thread_siblings_list"), siblings);
    }
  }

  private OptionalInt cores(String allowed) throws IOException {
    String status = "Name:\tjava\nCpus_allowed:\tfff\nCpus_allowed_list:\t" + allowed + "\nx:\t1\n";
    write("proc/self/status", status);
    return Processors.read(folder, 12).cores();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {"0-11; 6", "0-5; 6", "0,6; 1", "0-1,6-7; 2", "3; 1", "2,8,10-11; 3", "0-2,7; 3"})
  void countsCoresAndNotTheirThreads(String allowed, int expected) throws IOException {
    assertThat(cores(allowed)).hasValue(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {"''", "x", "3-1", "0-12", "-1"})
  void whatIsNotUnderstoodIsNotGuessed(String allowed) throws IOException {
    assertThat(cores(allowed)).isEmpty();
  }

  @Test
  void filesThatAreNotThereAreNoError() {
    assertThat(Processors.read(folder.resolve("no"), 4))
        .isEqualTo(new Processors(4, OptionalInt.empty(), OptionalInt.empty()));
  }

  @Test
  void aQuotaOfAControlGroupCountsWhereverItIsSet() throws IOException {
    cores("0-11");
    write("proc/self/cgroup", "3:cpuset:/\n2:cpu,cpuacct:/a/b\n0::/a/b\n");
    assertThat(Processors.read(folder, 12).useful()).as("no quota").hasValue(6);
    write("sys/fs/cgroup/cpu/a/b/cpu.cfs_quota_us", "-1\n");
    write("sys/fs/cgroup/cpu/a/b/cpu.cfs_period_us", "100000\n");
    assertThat(Processors.read(folder, 12).useful()).as("version 1, none").hasValue(6);
    write("sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "250000\n");
    write("sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "50000\n");
    assertThat(Processors.read(folder, 12).useful()).as("version 1, of a parent").hasValue(5);
    write("sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
    assertThat(Processors.read(folder, 12).useful()).as("version 2, none").hasValue(5);
    write("sys/fs/cgroup/a/b/cpu.max", "350000 100000\n");
    assertThat(Processors.read(folder, 12).useful()).as("version 2, rounded up").hasValue(4);
    write("sys/fs/cgroup/cpu.max", "50000 100000\n");
    assertThat(Processors.read(folder, 12).useful()).as("a container's own").hasValue(1);
  }

  @Test
  void whatTheJvmCountsIsALimitToo() throws IOException {
    cores("0-11");
    assertThat(Processors.read(folder, 2).useful()).hasValue(2);
  }

  private void write(String file, String text) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void thisMachineHasCores() {
    Processors processors = Processors.ofProcess();
    assertThat(processors.useful().orElseThrow()).isBetween(1, processors.logical());
  }
}

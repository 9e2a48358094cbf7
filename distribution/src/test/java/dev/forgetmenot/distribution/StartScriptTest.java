package dev.forgetmenot.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The two start scripts, with a Java that only says how it was started. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class StartScriptTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

  @TempDir private Path folder;
  private Path java; // a Java home
  private Path program; // an unpacked program
  private Path elsewhere; // where links are

  @BeforeEach
  void program() throws IOException {
    java = Files.createDirectories(folder.resolve("a java"));
    javaSays("17.0.15");
    program = Files.createDirectories(folder.resolve("a program"));
    copy(ROOT.resolve("distribution/src/bin/fmn"), program.resolve("bin/fmn"));
    elsewhere = Files.createDirectories(folder.resolve("else where"));
  }

  private void javaSays(String version) throws IOException {
    Files.writeString(java.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    script(
        java.resolve("bin/java"),
        """
        echo "started"
        echo "spins ${GOMP_SPINCOUNT:-none} policy ${OMP_WAIT_POLICY:-none} charset $(locale charmap)"
        echo "arenas $MALLOC_ARENA_MAX"
        for a in "$@"; do echo "[$a]"; done
        """);
  }

  @Test
  void arguments() throws Exception {
    Result result = run(program.resolve("bin/fmn"), Map.of(), "generate", "a  fox", "*", "");
    assertThat(result.lines())
        .contains("[-Dfmn.home=" + program.toRealPath() + "]")
        .endsWith("[generate]", "[a  fox]", "[*]", "[]")
        .doesNotContain("[-XX:TieredStopAtLevel=1]");
    assertThat(run(program.resolve("bin/fmn"), Map.of(), "--help").lines())
        .contains("[-XX:TieredStopAtLevel=1]")
        .endsWith("[--help]");
  }

  @Test
  void commandsThatReadSmallPatchesStartQuicklyAndLargeOnesAreDigestedFast() throws Exception {
    Path fmn = program.resolve("bin/fmn");
    String quick = "[-XX:TieredStopAtLevel=1]";
    Path patch = Files.writeString(elsewhere.resolve("a patch.fmnpatch"), "small");
    for (String command : List.of("inspect", "verify", "sign", "trust", "list")) {
      assertThat(run(fmn, Map.of(), "patch", command, patch.toString()).lines())
          .as(command)
          .contains(quick)
          .endsWith("[patch]", "[" + command + "]", "[" + patch + "]");
    }
    assertThat(run(fmn, Map.of(), "patch", "bake", patch.toString()).lines()).doesNotContain(quick);
    try (var file = new RandomAccessFile(patch.toFile(), "rw")) {
      file.setLength(16_000_000);
    }
    assertThat(run(fmn, Map.of(), "patch", "inspect", patch.toString()).lines())
        .doesNotContain(quick);
  }

  @Test
  void noOtherJavaIsStartedToAskForItsVersion() throws Exception {
    assertThat(run(program.resolve("bin/fmn"), Map.of(), "plugins").lines())
        .containsOnlyOnce("started");
  }

  @Test
  void javaIsNewEnough() throws Exception {
    for (String old : List.of("1.8.0_402", "11.0.2", "9")) {
      javaSays(old);
      Result result = run(program.resolve("bin/fmn"), Map.of(), "plugins");
      assertThat(result.code()).as(old).isEqualTo(1);
      assertThat(result.lines().get(0)).startsWith("fmn: Java 17 or newer is needed, but ");
    }
    for (String young : List.of("17", "21.0.1", "100-ea")) {
      javaSays(young);
      assertThat(run(program.resolve("bin/fmn"), Map.of(), "plugins").code()).as(young).isZero();
    }
  }

  @Test
  void aJavaWithoutItsReleaseFileIsAsked() throws Exception {
    Files.delete(java.resolve("release"));
    script(java.resolve("bin/java"), "echo 'openjdk version \"11.0.2\" 2019' >&2");
    Result result = run(program.resolve("bin/fmn"), Map.of(), "plugins");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.lines()).contains("openjdk version \"11.0.2\" 2019");
  }

  @Test
  void threadsThatWaitSleepSoonUnlessTheUserSaysOtherwise() throws Exception {
    Path fmn = program.resolve("bin/fmn");
    assertThat(run(fmn, Map.of(), "demo").lines().get(1)).startsWith("spins 1000 policy none ");
    assertThat(run(fmn, Map.of("GOMP_SPINCOUNT", "7"), "demo").lines().get(1))
        .startsWith("spins 7 policy none ");
    assertThat(run(fmn, Map.of("OMP_WAIT_POLICY", "PASSIVE"), "demo").lines().get(1))
        .startsWith("spins none policy PASSIVE ");
  }

  @Test
  void memoryIsOneArenaUnlessTheUserSaysOtherwise() throws Exception {
    Path fmn = program.resolve("bin/fmn");
    assertThat(run(fmn, Map.of(), "demo").lines()).contains("arenas 1");
    assertThat(run(fmn, Map.of("MALLOC_ARENA_MAX", "4"), "demo").lines()).contains("arenas 4");
  }

  @Test
  @EnabledOnOs(OS.LINUX) // elsewhere Java reads arguments as UTF-8 in any locale
  void argumentsAreUtf8AlsoInALocaleThatKnowsAsciiAlone() throws Exception {
    Path fmn = program.resolve("bin/fmn");
    for (String locale : List.of("C", "POSIX", "xx_XX.UTF-8")) {
      assertThat(run(fmn, Map.of("LC_ALL", locale), "generate", "café").lines())
          .as(locale)
          .anyMatch(line -> line.endsWith("charset UTF-8"))
          .endsWith("[café]");
      assertThat(run(fmn, Map.of("LANG", locale), "generate").lines().get(1))
          .as(locale)
          .endsWith("charset UTF-8");
    }
  }

  @Test
  void aLinkLeadsToTheProgram() throws Exception {
    Files.createSymbolicLink(elsewhere.resolve("one"), Path.of("../a program/bin/fmn"));
    Path link = Files.createSymbolicLink(elsewhere.resolve("two"), elsewhere.resolve("one"));
    assertThat(run(link, Map.of(), "plugins").lines())
        .contains("[-Dfmn.home=" + program.toRealPath() + "]");
    assertThat(names(elsewhere)).containsExactly("one", "two");
  }

  @Test
  void aLinkLeadsToTheClone() throws Exception {
    Path clone = folder.resolve("a clone");
    copy(ROOT.resolve("fmn"), clone.resolve("fmn"));
    Files.createFile(clone.resolve("pom.xml"));
    Path built = clone.resolve("distribution/target/quick");
    script(built.resolve("fmn/bin/fmn"), "echo \"program of the clone: $*\"");
    Path stamp = Files.createFile(built.resolve("fmn.stamp"));
    Files.setLastModifiedTime(stamp, FileTime.from(Instant.now().plusSeconds(3600)));
    Path link = Files.createSymbolicLink(elsewhere.resolve("link"), Path.of("../a clone/fmn"));
    assertThat(run(link, Map.of(), "a", "b").lines()).containsExactly("program of the clone: a b");
    assertThat(names(elsewhere)).containsExactly("link");
  }

  @Test
  void aScriptWithoutItsCloneSaysSoAndLeavesNothing() throws Exception {
    Path copy = elsewhere.resolve("fmn");
    copy(ROOT.resolve("fmn"), copy);
    Result result = run(copy, Map.of(), "plugins");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.lines().get(0)).contains(elsewhere + " is not a clone of Forget-Me-Not");
    assertThat(names(elsewhere)).containsExactly("fmn");
  }

  private static List<String> names(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static void copy(Path script, Path target) throws IOException {
    Files.createDirectories(target.getParent());
    Files.copy(script, target);
    executable(target);
  }

  private static void script(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + text);
    executable(file);
  }

  private static void executable(Path file) throws IOException {
    assertThat(Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)).isTrue();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Result run(Path script, Map<String, String> variables, String... arguments)
      throws Exception {
    ProcessBuilder command = new ProcessBuilder(script.toString());
    command.command().addAll(List.of(arguments));
    command.environment().keySet().removeIf(name -> name.matches("(G?OMP|FMN|LC)_.*|LANG"));
    command.environment().put("JAVA_HOME", java.toString());
    command.environment().putAll(variables);
    Process process = command.directory(elsewhere.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).as("ended in time").isTrue();
    return new Result(process.exitValue(), output.lines().toList());
  }

  private record Result(int code, List<String> lines) {}
}

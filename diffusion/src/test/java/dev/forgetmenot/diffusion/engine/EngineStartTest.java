package dev.forgetmenot.diffusion.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.diffusion.tokenizer.ClipTokenizer;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What a process's environment does to the engine; each in a process of its own. */
class EngineStartTest {
  private static final Path TOKENIZER =
      GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model/tokenizer");

  @TempDir private Path folder;

  /** Starts the engine and says with how many threads. */
  static final class Start {
    private Start() {}

    public static void main(String[] arguments) throws IOException {
      try (EngineThread engine = EngineThread.start("cpu");
          ClipTokenizer tokenizer = ClipTokenizer.read(TOKENIZER)) {
        System.out.println("pieces " + tokenizer.pieces("a cat").size());
        System.out.println(
            "threads " + engine.<Integer, RuntimeException>call(engine::operatorThreads));
        engine.run(() -> largeArray(engine));
        System.out.println("megabytes kept: " + heap());
      } catch (RuntimeException e) {
        System.out.println("failed: " + e.getMessage());
      }
    }
  }

  /** Makes an array of 120 MB and closes it. */
  private static void largeArray(EngineThread engine) {
    try (NDManager manager = engine.newManager()) {
      manager.ones(new Shape(30 << 20));
    }
  }

  /** The size of libc's heap in MB. */
  private static long heap() throws IOException {
    Path maps = Path.of("/proc/self/maps");
    if (!Files.exists(maps)) {
      return 0;
    }
    String line =
        Files.readAllLines(maps).stream().filter(l -> l.endsWith("[heap]")).findFirst().orElse("");
    String[] ends = line.split("[- ]", 3);
    return (Long.parseLong(ends[1], 16) - Long.parseLong(ends[0], 16)) >> 20;
  }

  private static String start(Map<String, String> variables) throws IOException {
    ProcessBuilder command =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Start.class.getName());
    command.environment().keySet().removeIf(name -> name.matches("(G?OMP|FMN|MALLOC)_.*"));
    command.environment().putAll(variables);
    Process process = command.redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  @Test
  @EnabledOnOs(OS.LINUX) // libgomp is Linux's
  void threadsThatWaitDoNotSpinForLong() throws IOException {
    assertThat(start(Map.of("OMP_DISPLAY_ENV", "VERBOSE")))
        .contains("GOMP_SPINCOUNT = '" + EngineSettings.SPINS + "'");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void whatTheUserSaysOfWaitingStays() throws IOException {
    assertThat(start(Map.of("OMP_DISPLAY_ENV", "VERBOSE", "GOMP_SPINCOUNT", "77")))
        .contains("GOMP_SPINCOUNT = '77'");
    assertThat(start(Map.of("OMP_DISPLAY_ENV", "VERBOSE", "OMP_WAIT_POLICY", "PASSIVE")))
        .contains("GOMP_SPINCOUNT = '0'");
  }

  @Test
  @EnabledOnOs(OS.LINUX) // mallopt is glibc's
  void memoryOfArraysIsKeptForTheNextOnesUnlessTheUserSaysOtherwise() throws IOException {
    assertThat(kept(Map.of("MALLOC_ARENA_MAX", "1"))).isBetween(120L, 1024L);
    assertThat(kept(Map.of("MALLOC_ARENA_MAX", "1", "MALLOC_TOP_PAD_", "0"))).isLessThan(100);
  }

  private static long kept(Map<String, String> variables) throws IOException {
    return start(variables)
        .lines()
        .filter(line -> line.startsWith("megabytes kept: "))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 2)))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void threadsAreThoseThatAreNamed() throws IOException {
    assertThat(start(Map.of("FMN_THREADS", "3"))).contains("threads 3");
    assertThat(start(Map.of("FMN_THREADS", "many"))).contains("failed: ").contains("'many'");
  }

  @Test
  void aCacheThatCannotBeWrittenIsNamedWithItsRemedy() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertThat(start(Map.of("DJL_CACHE_DIR", file.resolve("cache").toString())))
        .contains("failed: the PyTorch engine cannot start.")
        .contains(file.resolve("cache/pytorch").toString())
        .contains("Not a directory")
        .contains("DJL_CACHE_DIR");
  }

  @Test
  @EnabledOnOs(OS.LINUX) // a link needs no rights
  void theTokenizersNativeCodeIsMissedInTheSameWords() throws IOException {
    Path cache = Files.createDirectory(folder.resolve("cache"));
    Files.createSymbolicLink(cache.resolve("pytorch"), EngineCache.ofEngine().folder());
    Files.createFile(cache.resolve("tokenizers"));
    assertThat(start(Map.of("DJL_CACHE_DIR", cache.toString())))
        .contains("failed: the tokenizer cannot start.")
        .contains(cache.resolve("tokenizers") + ", and run from there: FileAlreadyExistsException")
        .contains("DJL_CACHE_DIR");
  }
}

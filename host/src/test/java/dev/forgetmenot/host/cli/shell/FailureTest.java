package dev.forgetmenot.host.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.EngineException;
import dev.forgetmenot.diffusion.engine.EngineCache;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every exception has a code, a sentence and a next step, and every code is documented. */
class FailureTest {
  @Test
  void everyCodeHasItsAnchor() throws IOException {
    List<String> lines = Files.readAllLines(GoldenFolders.inProject("docs/troubleshooting.md"));
    List<String> codes =
        Stream.concat(
                Stream.of(PatchError.values()).map(PatchError::code),
                Stream.of(Failure.values()).map(Failure::code))
            .toList();
    assertThat(codes).doesNotHaveDuplicates();
    for (String code : codes) {
      int heading = lines.indexOf("### " + code);
      assertThat(heading).as(code).isPositive();
      assertThat(String.join("\n", lines.subList(heading, Math.min(heading + 12, lines.size()))))
          .as(code)
          .contains("**Reason.**", "**Solution.**");
    }
  }

  static Stream<Arguments> thrown() {
    return Stream.of(
        Arguments.of(new IllegalArgumentException("a word"), Failure.WRONG_USE, "a word"),
        Arguments.of(new IllegalStateException("x is closed"), Failure.STATE, "x is closed"),
        Arguments.of(new NoSuchFileException("a/b"), Failure.FILE, "a/b does not exist"),
        Arguments.of(new AccessDeniedException("a/b"), Failure.FILE, "may not be read"),
        Arguments.of(new MalformedInputException(1), Failure.FILE, "not UTF-8"),
        Arguments.of(
            new UncheckedIOException(new NoSuchFileException("a/b")), Failure.FILE, "a/b does not"),
        Arguments.of(
            new FileSystemException("a/b", null, "No space left on device"),
            Failure.DISK_FULL,
            "a/b"),
        Arguments.of(new RemoteFailure("x did not answer"), Failure.REMOTE, "x did not answer"),
        Arguments.of(new ArithmeticException("NaN in x"), Failure.NUMBERS, "NaN in x"),
        Arguments.of(new OutOfMemoryError("Java heap space"), Failure.JAVA_MEMORY, "re-steering"),
        Arguments.of(new StackOverflowError(), Failure.DEPTH, "nested"),
        Arguments.of(new UnsatisfiedLinkError("no x"), Failure.ENGINE_MISSING, "no x"),
        Arguments.of(
            new EngineException("DefaultCPUAllocator: can't allocate memory: you tried to"),
            Failure.NATIVE_MEMORY,
            "allocate"),
        Arguments.of(
            new EngineException("sizes differ\nException raised from"),
            Failure.ENGINE,
            "sizes differ"),
        Arguments.of(new NoSuchMethodError("y"), Failure.PLUGIN, "y"),
        Arguments.of(new NullPointerException(), Failure.PROGRAM, "NullPointerException"),
        Arguments.of(new ClassCastException("z"), Failure.PROGRAM, "z"));
  }

  @ParameterizedTest
  @MethodSource("thrown")
  void hasACodeASentenceAndANextStep(Throwable thrown, Failure kind, String sentence) {
    String message = Failure.message(thrown, "re-steering");

    assertThat(message.lines()).hasSize(2);
    assertThat(message).startsWith(kind.code() + " ").contains(sentence, kind.anchor());
    assertThat(message).doesNotContain("\tat ");
    assertThat(Failure.exitCode(thrown)).isEqualTo(kind == Failure.WRONG_USE ? 2 : 1);
  }

  @Test
  void memoryNamesTheOption() {
    assertThat(Failure.message(new OutOfMemoryError("Java heap space"), ""))
        .contains("FMN_JAVA_OPTS=-Xmx");
  }

  @Test
  void aFailedStartOfTheEngineIsSaidOnce() {
    Throwable start =
        new EngineCache(Path.of("/proc/none"))
            .explain("the tokenizer", new IllegalStateException("x\ny", new Exception("one\ntwo")));
    String message = Failure.message(start, "");
    assertThat(message)
        .startsWith("FMN-721 the tokenizer cannot start. Its native library is unpacked once into")
        .containsOnlyOnce("DJL_CACHE_DIR")
        .containsOnlyOnce("cannot")
        .contains("fmn doctor");
    assertThat(message.lines()).hasSize(2);
  }

  @Test
  void patchesHaveTheirOwnCodes() {
    Throwable refused = new PatchFormatException(PatchError.CRC, "a.fmnpatch", "is damaged");
    assertThat(Failure.message(refused, "")).startsWith("FMN-110 a.fmnpatch: is damaged");
  }
}

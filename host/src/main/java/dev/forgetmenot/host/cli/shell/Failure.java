package dev.forgetmenot.host.cli.shell;

import ai.djl.engine.EngineException;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.ByteSizes;
import dev.forgetmenot.patch.error.PatchFormatException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import org.pf4j.PluginRuntimeException;

/**
 * The stable codes of what ends a command, beside those of patches; each has an anchor in
 * troubleshooting.md.
 */
public enum Failure {
  /** The command line asks for something that does not exist or does not fit. */
  WRONG_USE(701, "Change what the message names; the command's --help lists what it takes."),
  /** A file or folder cannot be read or written. */
  FILE(702, "Mend what the message names, then give the same command again."),
  /** The disk is full. */
  DISK_FULL(
      703,
      "Free some space or name a folder on another disk by -o, or by --store for the images of"
          + " evaluations, then give the same command again."),
  /** A program state in which the command cannot be done. */
  STATE(704, "Change what the message names, then give the same command again."),
  /** Numbers are not finite any more. */
  NUMBERS(705, "Train with a smaller --learning-rate; a state that was saved can be resumed."),
  /** The Java heap or Java's direct memory is too small. */
  JAVA_MEMORY(711, "Give Java more memory by the environment variable FMN_JAVA_OPTS: "),
  /** The machine's memory is used up. */
  NATIVE_MEMORY(
      712,
      "Close other programs, or ask for smaller images or fewer at once (--count,"
          + " --train-batch-size)."),
  /** Something is nested too deeply. */
  DEPTH(713, "Check the file that the command reads: usual files are nested a few levels deep."),
  /** The engine cannot be loaded. */
  ENGINE_MISSING(721, "Run 'fmn doctor', which says what the engine needs and whether it starts."),
  /** The engine failed in an operation. */
  ENGINE(722, "Run the same command with --verbose and report what it prints."),
  /** A plugin does not work with this program. */
  PLUGIN(731, "Take the plugin that 'fmn plugins' names out of plugins/, or get a newer one."),
  /** Another machine does not answer, or not as it should. */
  REMOTE(741, "Mend what the message names, then give the same command again."),
  /** A fault of the program. */
  PROGRAM(799, "This is a fault of the program: report it with what --verbose prints.");

  private final int number;
  private final String next;

  Failure(int number, String next) {
    this.number = number;
    this.next = next;
  }

  /** The code as users see it, such as {@code FMN-702}. */
  public String code() {
    return "FMN-" + number;
  }

  /** Where the documentation explains it. */
  public String anchor() {
    return "docs/troubleshooting.md#" + code().toLowerCase(Locale.ROOT);
  }

  /** The kind of an exception. */
  public static Failure of(Throwable thrown) {
    Throwable failure = cause(thrown);
    String message = text(failure).toLowerCase(Locale.ROOT);
    if (failure instanceof OutOfMemoryError) {
      return JAVA_MEMORY;
    }
    if (failure instanceof StackOverflowError) {
      return DEPTH;
    }
    if (failure instanceof RemoteFailure) {
      return REMOTE;
    }
    if (failure instanceof IOException) {
      return message.contains("no space left") || message.contains("not enough space")
          ? DISK_FULL
          : FILE;
    }
    if (failure instanceof UnsatisfiedLinkError || engineIsMissing(failure, message)) {
      return ENGINE_MISSING;
    }
    if (failure instanceof EngineException) {
      return message.contains("alloc") || message.contains("out of memory")
          ? NATIVE_MEMORY
          : ENGINE;
    }
    if (failure instanceof PluginRuntimeException || failure instanceof LinkageError) {
      return PLUGIN;
    }
    if (failure instanceof ArithmeticException) {
      return NUMBERS;
    }
    if (failure instanceof IllegalArgumentException) {
      return WRONG_USE;
    }
    return failure.getClass() == IllegalStateException.class ? STATE : PROGRAM;
  }

  private static boolean engineIsMissing(Throwable failure, String message) {
    boolean engine = failure instanceof EngineException || failure instanceof LinkageError;
    return engine && (message.contains("native library") || message.contains("ai/djl/pytorch"));
  }

  /** What a command says and how it ends. */
  public static int exitCode(Throwable thrown) {
    return of(thrown) == WRONG_USE ? ExitCodes.WRONG_USE : ExitCodes.FAILED;
  }

  /**
   * Code and sentence in the first line, the next step in the second.
   *
   * @param stage what was being done, or empty
   */
  public static String message(Throwable thrown, String stage) {
    Throwable failure = cause(thrown);
    if (failure instanceof PatchFormatException) {
      return failure.getMessage(); // has a code, the reason and where more is said
    }
    Failure kind = of(failure);
    return Message.of(
        "%s %s%s  %s%s (%s)",
        kind.code(),
        kind.sentence(failure, stage),
        System.lineSeparator(),
        kind.next,
        kind == JAVA_MEMORY ? heapOption() : "",
        kind.anchor());
  }

  private String sentence(Throwable failure, String stage) {
    String during = stage.isEmpty() ? "" : " while " + stage;
    String said = text(failure);
    return switch (this) {
      case JAVA_MEMORY ->
          Message.of(
              "Java's memory of %s is used up%s (%s)",
              ByteSizes.of(Runtime.getRuntime().maxMemory()), during, said);
      case NATIVE_MEMORY -> "the machine's memory is used up" + during + ": " + firstLine(said);
      case DEPTH -> "something is nested too deeply" + during;
      case ENGINE_MISSING -> engine(failure, said);
      case DISK_FULL -> "the disk is full" + during + ": " + said;
      case FILE -> ofFile(failure, said);
      case WRONG_USE, STATE, NUMBERS, REMOTE -> said;
      default -> failure.getClass().getSimpleName() + during + ": " + firstLine(said);
    };
  }

  /** A failed start says itself what did not start and which folder to mend. */
  private static String engine(Throwable failure, String said) {
    return failure instanceof EngineException
        ? firstLine(said)
        : "native code of the engine cannot be loaded: " + firstLine(said);
  }

  private static String ofFile(Throwable failure, String said) {
    if (failure instanceof NoSuchFileException || failure instanceof FileNotFoundException) {
      return said + " does not exist";
    }
    if (failure instanceof AccessDeniedException) {
      return said + " may not be read or written by this user";
    }
    if (failure instanceof FileAlreadyExistsException) {
      return said + " exists already";
    }
    if (failure instanceof NotDirectoryException) {
      return said + " is not a folder";
    }
    if (failure instanceof DirectoryNotEmptyException) {
      return said + " is not empty";
    }
    if (failure instanceof CharacterCodingException) {
      return "a text file is not UTF-8 (" + said + ")";
    }
    if (failure instanceof FileSystemException) {
      return said + " cannot be read or written";
    }
    return said;
  }

  private static String heapOption() {
    long gib = Math.max(2, Math.round(2.0 * Runtime.getRuntime().maxMemory() / (1L << 30)));
    return "FMN_JAVA_OPTS=-Xmx" + gib + "g";
  }

  /** The exception that says what happened: wrappers say nothing themselves. */
  private static Throwable cause(Throwable thrown) {
    Throwable failure = thrown;
    while (failure.getCause() != null
        && (failure instanceof UncheckedIOException || failure instanceof ExecutionException)) {
      failure = failure.getCause();
    }
    return failure;
  }

  private static String text(Throwable failure) {
    String message = failure.getMessage();
    if (message == null || message.isBlank()) {
      return "no further message (" + failure.getClass().getSimpleName() + ")";
    }
    return failure instanceof InvalidPathException ? "not a path: " + message : message;
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse(text);
  }
}

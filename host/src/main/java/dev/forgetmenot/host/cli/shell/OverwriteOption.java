package dev.forgetmenot.host.cli.shell;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** The option of every command that writes a file that the user names. */
public final class OverwriteOption {
  @Option(names = "--overwrite", description = "Replace files that are there already.")
  private boolean overwrite;

  /** Whether files that are there already are replaced. */
  public boolean isGiven() {
    return overwrite;
  }

  /** Refuses, before long work, to replace any of some files without an option that says so. */
  public void check(List<Path> files) throws IOException {
    check(files, List.of());
  }

  /**
   * The same for a job that can go on from the state of a stopped one, which the error then says.
   *
   * @param states what a stopped job left
   */
  public void check(List<Path> files, List<Path> states) throws IOException {
    try {
      for (Path file : files) {
        check(file);
      }
    } catch (IOException e) {
      throw states.isEmpty()
          ? e
          : new IOException(
              "a stopped job left its state in "
                  + states.get(0)
                  + ": give --resume to go on with it; "
                  + e.getMessage(),
              e);
    }
  }

  /**
   * Refuses, before long work, to replace a file without an option that says so.
   *
   * @return the file
   * @throws IOException if it exists and may not be replaced
   */
  public Path check(Path file) throws IOException {
    if (!overwrite && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(
          file + " exists already: give --overwrite to replace it, or name another by -o",
          new FileAlreadyExistsException(file.toString()));
    }
    return file;
  }
}

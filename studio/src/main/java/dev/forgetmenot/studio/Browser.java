package dev.forgetmenot.studio;

import dev.forgetmenot.studio.http.OwnersFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The user's own browser. */
final class Browser {
  private Browser() {}

  /**
   * Opens an address that holds a secret: other users of the machine can read the arguments of a
   * program, so that it is given a file of the owner's, which leads on.
   *
   * @param file is written
   * @throws IOException if there is no program that opens files
   */
  static void open(String address, Path file) throws IOException {
    write(address, file);
    List<String> command = new ArrayList<>(opener(System.getProperty("os.name")));
    command.add(file.toUri().toString());
    new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** Writes the file that leads on, for its owner alone. */
  static void write(String address, Path file) throws IOException {
    String page =
        "<!DOCTYPE html><meta charset=\"utf-8\"><title>Forget-Me-Not</title>"
            + "<meta http-equiv=\"refresh\" content=\"0; url="
            + address
            + "\"><a href=\""
            + address
            + "\">Open the studio</a>\n";
    OwnersFile.write(file, page);
  }

  /** The program of a system that opens what it is given. */
  static List<String> opener(String system) {
    String name = system.toLowerCase(Locale.ROOT);
    if (name.startsWith("mac")) {
      return List.of("open");
    }
    return name.startsWith("windows")
        ? List.of("rundll32", "url.dll,FileProtocolHandler")
        : List.of("xdg-open");
  }
}

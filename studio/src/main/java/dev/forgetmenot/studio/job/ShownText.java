package dev.forgetmenot.studio.job;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Sentences as they are shown to who asks over the network: where a folder of the server lies is
 * its own matter, so that only what is inside of it is named. Immutable.
 *
 * @param folders whose places are not shown
 */
public record ShownText(List<Path> folders) {
  /** The longest first, since one may lie in another. */
  public ShownText {
    List<Path> all = new ArrayList<>();
    folders.forEach(folder -> all.add(folder.toAbsolutePath().normalize()));
    all.sort(Comparator.comparingInt(Path::getNameCount).reversed());
    folders = List.copyOf(all);
  }

  /** A text with the name of a folder in place of where it lies. */
  public String of(String text) {
    String shown = text;
    for (Path folder : folders) {
      if (folder.getFileName() != null) {
        shown = shown.replace(folder.toString(), folder.getFileName().toString());
      }
    }
    return shown;
  }
}

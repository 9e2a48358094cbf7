package dev.forgetmenot.host.edit;

import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.files.TextFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a user gave for a setting, once or several times, on a command line or in a run file.
 *
 * @param setting the setting
 * @param values at least one; of a list each may be {@code @FILE}, a text file with one entry a
 *     line
 */
public record GivenSetting(SettingSpec setting, List<String> values) {
  private static final String TEXT_FILE = ".txt"; // before 3.0 without @

  /**
   * The text for {@link Settings#of}.
   *
   * @param base the folder in which relative files are
   * @throws IOException if a file cannot be read
   * @throws IllegalArgumentException if a setting that is not a list has several values
   */
  public String text(Path base) throws IOException {
    String first = values.get(0);
    if (setting.type() != SettingSpec.Type.LIST) {
      if (values.size() > 1) {
        throw new IllegalArgumentException(
            setting.name() + " is given " + values.size() + " times; it takes one value");
      }
      return first;
    }
    boolean file = first.endsWith(TEXT_FILE) && Files.exists(Path.of(first));
    if (values.size() == 1 && file) {
      return Settings.joined(lines(Path.of(first)));
    }
    if (values.size() == 1 && !first.startsWith("@")) {
      return first; // may have the separators of earlier releases
    }
    List<String> entries = new ArrayList<>();
    for (String value : values) {
      if (value.startsWith("@")) {
        entries.addAll(lines(base.resolve(value.substring(1))));
      } else {
        entries.add(value);
      }
    }
    return Settings.joined(entries);
  }

  private static List<String> lines(Path file) throws IOException {
    List<String> lines =
        TextFile.lines(file).stream().map(String::strip).filter(line -> !line.isEmpty()).toList();
    if (lines.isEmpty()) {
      throw new IllegalArgumentException(file + " has no entry; write one a line");
    }
    return lines;
  }
}

package dev.forgetmenot.api.edit;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns the names, words and lists of earlier releases into those of today: the one place for
 * options, run files, callers of the library and the states of trainings.
 */
final class FormerSettings {
  private final Map<String, SettingSpec> byName = new LinkedHashMap<>(); // former names too

  FormerSettings(List<SettingSpec> declared) {
    for (SettingSpec setting : declared) {
      byName.put(setting.name(), setting);
    }
    for (SettingSpec setting : declared) {
      setting.former().names().forEach(name -> byName.putIfAbsent(name, setting));
    }
  }

  /**
   * The given texts as they are written today; what is not declared stays as it is.
   *
   * @param notes gets a line for each that is written otherwise today
   * @throws IllegalArgumentException if a setting is given by two of its names
   */
  Map<String, String> today(Map<String, String> given, List<String> notes) {
    Map<String, String> today = new LinkedHashMap<>();
    given.forEach(
        (name, text) -> {
          SettingSpec setting = byName.get(name);
          String now = setting == null ? name : setting.name();
          if (!now.equals(name)) {
            notes.add("setting " + name + " is now called " + now);
          }
          if (today.put(now, setting == null ? text : today(setting, text, notes)) != null) {
            throw new IllegalArgumentException(
                now + " is given twice, once by a former name; give it once");
          }
        });
    return today;
  }

  private static String today(SettingSpec setting, String text, List<String> notes) {
    String word = setting.former().choices().get(text);
    if (word != null) {
      notes.add("setting " + setting.name() + ": " + text + " is now called " + word);
      return word;
    }
    return setting.type() == SettingSpec.Type.LIST ? list(setting, text, notes) : text;
  }

  /** A list as {@link Settings#joined} writes it; a single text may have had separators. */
  private static String list(SettingSpec setting, String text, List<String> notes) {
    String separators = setting.former().separators();
    List<String> entries = Settings.entries(text);
    if (!separators.isEmpty() && text.indexOf('\n') < 0) {
      entries = Arrays.stream(text.split("[" + separators + "]", -1)).map(String::strip).toList();
      if (entries.size() > 1) {
        notes.add(
            "setting "
                + setting.name()
                + ": '"
                + text
                + "' is split as in earlier releases; give the setting once for each entry");
      }
    }
    return Settings.joined(entries);
  }
}

package dev.forgetmenot.files;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** The program's folders of one user, where the system keeps such things. Any thread. */
public enum UserFolder {
  /** Settings: {@code %APPDATA%}, {@code XDG_CONFIG_HOME} or ~/.config. */
  SETTINGS("APPDATA", "Roaming", "XDG_CONFIG_HOME", ".config"),
  /** What cannot be made again: {@code %LOCALAPPDATA%}, {@code XDG_DATA_HOME} or ~/.local/share. */
  DATA("LOCALAPPDATA", "Local", "XDG_DATA_HOME", ".local/share"),
  /** What can be made again: {@code %LOCALAPPDATA%}, {@code XDG_CACHE_HOME} or ~/.cache. */
  CACHE("LOCALAPPDATA", "Local", "XDG_CACHE_HOME", ".cache");

  private static final String PROGRAM = "forget-me-not";

  private final String windowsVariable;
  private final String windowsFolder;
  private final String variable;
  private final String folder;

  UserFolder(String windowsVariable, String windowsFolder, String variable, String folder) {
    this.windowsVariable = windowsVariable;
    this.windowsFolder = windowsFolder;
    this.variable = variable;
    this.folder = folder;
  }

  /**
   * The folder; it may not exist yet.
   *
   * @param environment variables; one that names no absolute path counts for nothing
   * @param system the system's name, as {@code os.name} has it
   * @param home the user's home
   */
  public Path place(Map<String, String> environment, String system, String home) {
    boolean windows = system.toLowerCase(Locale.ROOT).startsWith("windows");
    String named = environment.getOrDefault(windows ? windowsVariable : variable, "");
    if (!named.isEmpty() && Path.of(named).isAbsolute()) {
      return Path.of(named, PROGRAM);
    }
    return (windows ? Path.of(home, "AppData", windowsFolder) : Path.of(home, folder))
        .resolve(PROGRAM);
  }
}

package dev.forgetmenot.host.plugin;

import java.nio.file.Path;
import java.util.List;

/**
 * What became of a jar in the plugins folder.
 *
 * @param file the jar
 * @param id the plugin's id; the file's name where it could not be read
 * @param version the plugin's version, empty where it could not be read
 * @param state STARTED for a plugin that takes part, REFUSED for a jar that was not loaded, else
 *     PF4J's state
 * @param extensions what it brings and can be made, empty unless it takes part
 * @param reason why it, or an extension of it, does not take part; empty if all do
 */
public record PluginReport(
    Path file,
    String id,
    String version,
    String state,
    List<ExtensionReport> extensions,
    String reason) {

  /**
   * One extension.
   *
   * @param className its class
   * @param extensionPoint the extension point that it stands in
   */
  public record ExtensionReport(String className, String extensionPoint) {}

  /** Copies the list. */
  public PluginReport {
    extensions = List.copyOf(extensions);
  }

  /** Whether it takes part with all that it brings. */
  public boolean started() {
    return reason.isEmpty();
  }
}

package dev.forgetmenot.host.run;

import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.host.HostVersions;
import dev.forgetmenot.host.plugin.HostPluginManager;
import dev.forgetmenot.testkit.EmbeddedModel;
import dev.forgetmenot.testkit.PackagedPlugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Writes run files into a folder and reads them there, with the packed plugins. */
final class RunFiles implements AutoCloseable {
  private final Path folder;
  private final HostPluginManager plugins;

  RunFiles(Path folder) throws IOException {
    this.folder = folder;
    plugins =
        HostPluginManager.start(
            PackagedPlugins.copyTo(folder.resolve("plugins")), HostVersions.read().hostApi());
  }

  /** Reads a text as the file {@code run.yaml}. */
  RunPlan read(String... lines) throws IOException {
    return read(Optional.of(EmbeddedModel.folder()), lines);
  }

  RunPlan read(Optional<Path> model, String... lines) throws IOException {
    Path file = Files.writeString(folder.resolve("run.yaml"), String.join("\n", lines) + "\n");
    return reader(model).read(file);
  }

  RunFileReader reader(Optional<Path> model) {
    List<RunMethod> methods = new ArrayList<>();
    plugins
        .extensions(ConceptEditor.class)
        .forEach(editor -> methods.add(new RunMethod.Edit(editor)));
    methods.add(new RunMethod.Invert());
    return new RunFileReader(methods, new ModelChoice(model), Optional.empty(), folder);
  }

  /**
   * A section of the original's form: all its keys, some of them with other values, and more keys.
   *
   * @param keys lines {@code key: value}
   * @param changed such lines, in place of those of the same key or beside them
   */
  static String[] section(String name, List<String> keys, String... changed) {
    List<String> lines = new ArrayList<>(List.of(name + ":"));
    List<String> rest = new ArrayList<>(List.of(changed));
    for (String line : keys) {
      String key = line.substring(0, line.indexOf(':') + 1);
      List<String> mine = rest.stream().filter(one -> one.startsWith(key)).toList();
      lines.add("  " + (mine.isEmpty() ? line : mine.get(0)));
      rest.removeAll(mine);
    }
    rest.forEach(line -> lines.add("  " + line));
    return lines.toArray(String[]::new);
  }

  @Override
  public void close() {
    plugins.close();
  }
}

package dev.forgetmenot.spark;

import com.google.gson.JsonParser;
import dev.forgetmenot.evaluation.unit.ImageStore;
import dev.forgetmenot.evaluation.unit.ImageUnit;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.cli.shell.Console;
import dev.forgetmenot.host.cli.shell.ModelOptions;
import dev.forgetmenot.host.cli.shell.PatchOptions;
import dev.forgetmenot.host.evaluate.UnitDrawer;
import dev.forgetmenot.host.model.ModelLoader;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.host.plugin.HostPluginManager;
import dev.forgetmenot.patching.PatchSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * The one model of an executor, loaded when its first task comes and kept until the process ends.
 * Tasks of one process draw one after another: the engine uses all its cores for each.
 */
final class ExecutorModel {
  private static ExecutorModel loaded; // null before the first task

  private final List<String> words;
  private final UnitDrawer drawer;

  private ExecutorModel(List<String> words) throws IOException {
    this.words = words;
    Options options = new Options();
    new CommandLine(options)
        .setUnmatchedArgumentsAllowed(true)
        .setOverwrittenOptionsAllowed(true)
        .setExpandAtFiles(false)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .parseArgs(words.toArray(String[]::new));
    Console console = Console.ofProcess();
    PatchSet patches = options.patches.open(console, options.model.folder(), Optional.empty());
    HostPluginManager plugins = options.model.plugins().start(console);
    ModelLoader loader = options.model.loader(plugins);
    NamedModel hosted = loader.load(List.of());
    Path scratch = Files.createTempDirectory("fmn-store");
    scratch.toFile().deleteOnExit();
    drawer = new UnitDrawer(loader, hosted, patches, new ImageStore(scratch));
  }

  /** What of an evaluation's words says how images are drawn. */
  @Command
  private static final class Options {
    @Mixin private PatchOptions patches;

    @Mixin private ModelOptions model;
  }

  /**
   * Draws units.
   *
   * @param words model, patches and plugins, as {@code fmn evaluate} takes them; others say nothing
   * @param units lines of a plan
   * @return the bytes of each unit's PNG file, in order
   */
  static synchronized List<byte[]> draw(List<String> words, List<String> units) throws IOException {
    if (loaded == null) {
      loaded = new ExecutorModel(words);
    } else if (!loaded.words.equals(words)) {
      throw new IllegalStateException(
          Message.of(
              "this executor has loaded a model for another evaluation (%s): start another application for %s",
              loaded.words, words));
    }
    return loaded.drawer.draw(
        units.stream()
            .map(line -> ImageUnit.of(JsonParser.parseString(line).getAsJsonObject()))
            .toList());
  }
}

package dev.forgetmenot.host.edit;

import dev.forgetmenot.host.HostVersions;
import dev.forgetmenot.host.model.ModelLoader;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.host.plugin.HostPluginManager;
import dev.forgetmenot.testkit.GoldenFolders;
import dev.forgetmenot.testkit.PackagedPlugins;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The packed plugins and a tiny model, for jobs on it. */
abstract class OnTinyModel {
  @TempDir Path folder;
  HostPluginManager plugins;
  NamedModel model;

  @BeforeEach
  void load() throws IOException {
    plugins =
        HostPluginManager.start(
            PackagedPlugins.copyTo(folder.resolve("plugins")), HostVersions.read().hostApi());
    model =
        new ModelLoader(GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model"), "cpu", plugins)
            .load(List.of());
  }

  @AfterEach
  void free() throws IOException {
    model.close();
    plugins.close();
  }
}

package dev.forgetmenot.host.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.host.HostVersions;
import dev.forgetmenot.host.model.ModelLoader;
import dev.forgetmenot.host.plugin.HostPluginManager;
import dev.forgetmenot.kit.image.ImageFile;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.testkit.EmbeddedModel;
import dev.forgetmenot.testkit.PackagedPlugins;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole demo with the packed plugins: what it promises is measured. */
class DemoJobTest {
  @TempDir Path folder;

  @Test
  void forgetsOneConceptAndKeepsTheOthers() throws IOException {
    Path plugins = PackagedPlugins.copyTo(folder.resolve("plugins"));
    DemoResult result;
    try (HostPluginManager manager =
        HostPluginManager.start(plugins, HostVersions.read().hostApi())) {
      ModelLoader loader = new ModelLoader(EmbeddedModel.folder(), "cpu", manager);
      result = new DemoJob(loader, JobContext.NONE).run(folder.resolve("demo"));
    }
    DemoResult.Line forgotten = result.lines().get(0);
    assertThat(forgotten.images()).isEqualTo(16);
    assertThat(forgotten.before()).isEqualTo(16);
    assertThat(forgotten.after()).isLessThanOrEqualTo(2); // at most 15 %
    DemoResult.Line kept =
        result.lines().stream().filter(l -> l.prompt().endsWith("a fox")).findFirst().orElseThrow();
    assertThat(kept.images()).isEqualTo(16);
    assertThat(kept.after()).isGreaterThanOrEqualTo(14); // at least 85 %
    assertThat(result.lines()).hasSize(7);

    assertThat(ImageFile.read(result.sheet()).image().width()).isGreaterThan(800);
    try (PatchFile patch = PatchFile.open(result.patch())) {
      assertThat(patch.manifest().intent().operation()).isEqualTo("forget");
    }
  }
}

package dev.forgetmenot.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.host.picture.PngPictures;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.testkit.EmbeddedModel;
import dev.forgetmenot.testkit.PackagedPlugins;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SamplesTest {
  @TempDir Path folder;

  @Test
  void generateImage() throws IOException {
    Path file = folder.resolve("castle.png");
    GenerateImage.main(
        new String[] {EmbeddedModel.folder().toString(), "a photo of a castle", file.toString()});
    assertThat(PngPictures.read(file).width()).isEqualTo(64);
    assertThat(PngPictures.infotext(file)).contains("a photo of a castle");
  }

  @Test
  void forgetConcept() throws IOException {
    Path file = folder.resolve("castle.fmnpatch");
    Path plugins = PackagedPlugins.copyTo(folder.resolve("plugins"));
    ForgetConcept.main(
        new String[] {
          EmbeddedModel.folder().toString(),
          plugins.toString(),
          "castle",
          file.toString(),
          "closed-form"
        });
    try (PatchFile patch = PatchFile.open(file)) {
      assertThat(patch.manifest().intent().concepts().get(0).label()).isEqualTo("castle");
      assertThat(patch.manifest().edits()).isNotEmpty();
    }
  }
}

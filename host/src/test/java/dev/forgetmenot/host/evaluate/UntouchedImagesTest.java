package dev.forgetmenot.host.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.host.HostVersions;
import dev.forgetmenot.host.model.ModelLoader;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.host.plugin.HostPluginManager;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images of the untouched model are drawn once and then come from the store. */
class UntouchedImagesTest {
  private static final List<GenerationRequest> REQUESTS =
      List.of(
          GenerationRequest.of("a dog").seeds(5, 2).sampled("ddim", 2),
          GenerationRequest.of("a cat").seeds(5, 1).sampled("ddim", 2));

  @TempDir private Path folder;
  private HostPluginManager plugins;
  private ModelLoader loader;
  private NamedModel hosted;
  private long drawn;

  @BeforeEach
  void load() throws IOException {
    plugins = HostPluginManager.start(folder.resolve("plugins"), HostVersions.read().hostApi());
    loader =
        new ModelLoader(GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model"), "cpu", plugins);
    hosted = loader.load(List.of());
  }

  @AfterEach
  void close() throws IOException {
    hosted.close();
    plugins.close();
  }

  /** Adds up what is drawn. */
  private JobContext counting() {
    return new JobContext.Silent() {
      @Override
      public JobContext outer() {
        return JobContext.NONE;
      }

      @Override
      public void progress(String stage, long done, long total) {
        drawn += done == total ? total : 0;
      }
    };
  }

  private List<List<RgbImage>> images(List<GenerationRequest> requests) throws IOException {
    StableDiffusion model = hosted.model();
    UntouchedImages images =
        new UntouchedImages(counting(), loader, model, folder.resolve("store"));
    return model.engine().call(() -> images.untouched(model, requests));
  }

  @Test
  void theyAreThoseThatTheModelDraws() throws IOException {
    StableDiffusion model = hosted.model();
    List<List<RgbImage>> own = model.engine().call(() -> model.generate(REQUESTS));
    List<List<RgbImage>> kept = images(REQUESTS);
    assertThat(kept).hasSize(2);
    assertThat(kept.get(0)).hasSize(2);
    for (int i = 0; i < kept.size(); i++) {
      for (int j = 0; j < kept.get(i).size(); j++) {
        RgbImage image = kept.get(i).get(j);
        double difference = image.absoluteDifference(own.get(i).get(j));
        assertThat(difference / image.rgb().length).isLessThan(0.1); // another size of the batch
      }
    }
  }

  @Test
  void aLaterCommandDrawsOnlyWhatIsMissing() throws IOException {
    images(REQUESTS);
    assertThat(drawn).isEqualTo(3);
    images(List.of(REQUESTS.get(0).seeds(5, 3)));
    assertThat(drawn).as("one of three is new").isEqualTo(4);
    images(REQUESTS);
    assertThat(drawn).isEqualTo(4);
  }

  @Test
  void anotherModelIsRefused() throws IOException {
    images(REQUESTS);
    StableDiffusion model = hosted.model();
    UntouchedImages images =
        new UntouchedImages(JobContext.NONE, loader, model, folder.resolve("store"));
    try (NamedModel other = loader.load(List.of())) {
      assertThatThrownBy(() -> images.untouched(other.model(), REQUESTS))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("another model");
    }
  }
}

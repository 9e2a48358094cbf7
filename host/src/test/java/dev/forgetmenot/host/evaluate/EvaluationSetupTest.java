package dev.forgetmenot.host.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.host.HostVersions;
import dev.forgetmenot.host.plugin.HostPluginManager;
import dev.forgetmenot.host.plugin.PluginReport;
import dev.forgetmenot.testkit.GoldenFolders;
import dev.forgetmenot.testkit.PluginJar;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who judges images: a CLIP that the user named, a plugin that can, or the model's own CLIP. */
class EvaluationSetupTest {
  private static final Path MODEL = GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model");
  private static final Path CLIP = MODEL.resolve("clip");
  private static final KnownConcepts WORDS =
      new KnownConcepts(
          List.of(
              new KnownConcepts.Phrase("fox", "a fox", ConceptType.OBJECT, ""),
              new KnownConcepts.Phrase("castle", "a castle", ConceptType.OBJECT, "")),
          List.of());
  private static final String PROVIDER =
      """
      package judging;
      import dev.forgetmenot.api.edit.*;
      import dev.forgetmenot.api.model.*;
      import java.util.*;
      public class NAME implements ImageClassifierProvider {
        public String name() { return "last-phrase"; }
        public boolean canJudge(BaseModel model, KnownConcepts concepts) {
          return CAN && model.tensors().names("unet").contains("conv_in.weight");
        }
        public ImageClassifier open(BaseModel model, KnownConcepts concepts)
            throws java.io.IOException {
          if (FAILS) throw new java.io.IOException("weights.bin is missing");
          String last = concepts.phrases().get(concepts.phrases().size() - 1).phrase();
          return new ImageClassifier() {
            public List<String> things() { return List.of(last); }
            public List<String> styles() { return List.of(); }
            public List<String> classify(List<RgbImage> images) {
              return Collections.nCopies(images.size(), last);
            }
            public List<String> classifyStyle(List<RgbImage> images) {
              throw new IllegalStateException();
            }
          };
        }
      }
      """;

  private static StableDiffusion sd;
  @TempDir private Path plugins;

  @BeforeAll
  static void load() throws IOException {
    sd = StableDiffusion.load(MODEL, LoadOptions.defaults());
  }

  @AfterAll
  static void free() throws IOException {
    sd.close();
  }

  private void install(String id, boolean can, boolean fails) throws IOException {
    String name = can ? "Able" : "Unable";
    PluginJar.of(id, "1.0.0")
        .requires(HostVersions.read().hostApi())
        .extension(
            "judging." + name,
            PROVIDER
                .replace("NAME", name)
                .replace("CAN", Boolean.toString(can))
                .replace("FAILS", Boolean.toString(fails)))
        .write(plugins);
  }

  /** The things among which the opened classifier chooses. */
  private List<String> things(Path clip, boolean named) throws IOException {
    try (HostPluginManager manager =
        HostPluginManager.start(plugins, HostVersions.read().hostApi())) {
      EvaluationSetup setup = new EvaluationSetup(clip, named, WORDS, List.of()).asking(manager);
      try (ImageClassifier classifier = setup.open(sd).orElseThrow()) {
        RgbImage black = new RgbImage(8, 8, new byte[3 * 8 * 8]);
        assertThat(classifier.things()).containsAll(classifier.classify(List.of(black)));
        return classifier.things();
      }
    }
  }

  @Test
  void thePluginThatCanJudgeTheModelIsAsked() throws IOException {
    install("a-unable", false, true);
    install("b-able", true, false);
    assertThat(things(CLIP, false)).containsExactly("a castle");
    assertThat(things(Path.of("none"), false)).containsExactly("a castle");
    assertThat(things(CLIP, true)).containsExactly("a fox", "a castle");
  }

  @Test
  void withoutOneTheModelsOwnClipJudges() throws IOException {
    install("a-unable", false, true);
    assertThat(things(CLIP, false)).containsExactly("a fox", "a castle");
    try (HostPluginManager manager =
        HostPluginManager.start(plugins, HostVersions.read().hostApi())) {
      EvaluationSetup setup =
          new EvaluationSetup(Path.of("none"), false, WORDS, List.of()).asking(manager);
      assertThat(setup.open(sd)).isEmpty();
      assertThat(manager.reports())
          .singleElement()
          .extracting(PluginReport::extensions)
          .isEqualTo(
              List.of(
                  new PluginReport.ExtensionReport("judging.Unable", "ImageClassifierProvider")));
    }
  }

  @Test
  void aProviderThatFailsIsNamed() throws IOException {
    install("b-able", true, true);
    assertThatThrownBy(() -> things(CLIP, false))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("'last-phrase'")
        .hasMessageContaining("weights.bin is missing")
        .hasMessageContaining("--clip");
  }
}

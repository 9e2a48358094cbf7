package dev.forgetmenot.plugin.forget.choice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.BaseModel;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.edit.ClosedFormEdit;
import dev.forgetmenot.patching.linear.InputUpdate;
import dev.forgetmenot.patching.linear.Matrix;
import dev.forgetmenot.testkit.GoldenFolders;
import dev.forgetmenot.testkit.edit.SolvedEdits;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What is taken on Stable Diffusion where nothing can judge, on a tiny model that says it is one.
 */
class PublishedEraserTest {
  private static final Concept BALL = new Concept("soccer ball", ConceptType.OBJECT);
  private static final double CLOSE = 2e-4; // text embeddings in float, two programs

  private static StableDiffusion tiny;

  private final List<String> said = new ArrayList<>();

  @BeforeAll
  static void load() throws IOException {
    tiny =
        StableDiffusion.load(
            GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model"), LoadOptions.defaults());
  }

  @AfterAll
  static void close() throws IOException {
    tiny.close();
  }

  /** The tiny model, whose files are said to be of an architecture. */
  private static DiffusionModel of(String architecture) {
    BaseModel base = tiny.base();
    BaseModel named = new BaseModel(base.tensors(), base.tokenizer(), architecture, base.label());
    return (DiffusionModel)
        Proxy.newProxyInstance(
            DiffusionModel.class.getClassLoader(),
            new Class<?>[] {DiffusionModel.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("base")) {
                return named;
              }
              try {
                return method.invoke(tiny, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private PatchDraft forget(String architecture, Map<String, String> given) throws IOException {
    AutoEraser auto = new AutoEraser();
    Settings values = Settings.of(auto.parameters(), given);
    DiffusionModel model = of(architecture);
    JobContext context =
        new JobContext.Nested() {
          @Override
          public JobContext outer() {
            return JobContext.NONE;
          }

          @Override
          public void say(String line) {
            said.add(line);
          }
        };
    return tiny.engine().call(() -> auto.edit(List.of(BALL), values, model, context));
  }

  private static InputUpdate uce(PatchDraft draft) {
    return SolvedEdits.solved((ClosedFormEdit) draft.edits().get(0));
  }

  @Test
  void stableDiffusionGetsWhatUcePublishedAsPyTorchSolvesIt() throws IOException {
    PatchDraft draft = forget("stable-diffusion-v1", Map.of());
    assertThat(draft.recipe().method()).isEqualTo("uce");
    assertThat(draft.recipe().parameters().get("chosen-among"))
        .startsWith("unmeasured; ")
        .contains("arXiv 2308.14761");
    assertThat(said)
        .anyMatch(line -> line.contains("using uce") && line.contains("arXiv 2308.14761"));
    InputUpdate edit = uce(draft);
    JsonObject weights = reference().getAsJsonObject("weights");
    assertThat(weights.keySet()).hasSize(2);
    for (String name : weights.keySet()) {
      JsonObject expected = weights.getAsJsonObject(name);
      Matrix w = weight(name);
      Matrix edited = w.plus(edit.change(w));
      assertThat(edited.norm()).isCloseTo(expected.get("norm").getAsDouble(), within(CLOSE));
      for (int i = 0; i < edited.columns(); i++) {
        assertThat(edited.get(0, i))
            .isCloseTo(expected.getAsJsonArray("row").get(i).getAsDouble(), within(CLOSE));
      }
    }
  }

  @Test
  void whatIsKeptAndWhatTheConceptBecomesAreTheUsers() throws IOException {
    Map<String, String> given =
        Map.of("become", "a dog", "keep", Settings.joined(List.of("a cat", "a bus")));
    Map<String, String> recipe = forget("stable-diffusion-v2-512", given).recipe().parameters();
    assertThat(recipe).containsEntry("guide", "a dog").containsEntry("preserve", "a cat\na bus");
    assertThat(Double.parseDouble(recipe.get("preserve-scale"))).isCloseTo(1 / 3., within(1e-9));
  }

  @Test
  void xlGetsTheSameAndIsToldThatItWasNotMeasuredThere() throws IOException {
    PatchDraft draft = forget("stable-diffusion-xl-v1-base", Map.of());
    assertThat(draft.recipe().method()).isEqualTo("uce");
    assertThat(draft.recipe().parameters().get("chosen-among"))
        .contains("on Stable Diffusion 1.4", "no such results on Stable Diffusion XL");
  }

  @Test
  void otherModelsGetWhatIsBestByText() throws IOException {
    PatchDraft draft = forget("other", Map.of());
    assertThat(draft.recipe().method()).isEqualTo("oblique");
    assertThat(draft.recipe().parameters()).containsEntry("chosen-among", "unmeasured");
  }

  private static JsonObject reference() throws IOException {
    try (Reader reader =
        new InputStreamReader(
            PublishedEraserTest.class.getResourceAsStream("../uce_reference.json"),
            StandardCharsets.UTF_8)) {
      return JsonParser.parseReader(reader).getAsJsonObject();
    }
  }

  private static Matrix weight(String name) {
    return tiny.engine()
        .call(
            () ->
                Matrix.of(
                    Math.toIntExact(tiny.weights().shape(name)[0]),
                    Math.toIntExact(tiny.weights().shape(name)[1]),
                    tiny.weights().base(name)));
  }
}

package dev.forgetmenot.kit.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.forgetmenot.api.attention.AttentionLayer;
import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.SettingSpec;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.api.model.NamedWeights;
import dev.forgetmenot.kit.Tool;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What would not fit into a patch of Stable Diffusion 1.5 is refused before anything is drawn. */
class TrainableSizeTest {
  /** SD 1.5's UNet, with so many times as many values. */
  private static DiffusionModel model(int times) throws IOException {
    JsonObject map =
        JsonParser.parseString(
                Files.readString(GoldenFolders.inProject("testkit/fixtures/sd15_unet_map.json")))
            .getAsJsonObject();
    Map<String, long[]> shapes = new LinkedHashMap<>();
    map.asMap()
        .forEach(
            (name, entry) -> {
              JsonArray shape = entry.getAsJsonArray().get(1).getAsJsonArray();
              long[] sizes = shape.asList().stream().mapToLong(s -> s.getAsLong()).toArray();
              sizes[0] *= times;
              shapes.put("unet/" + name, sizes);
            });
    NamedWeights weights =
        of(
            NamedWeights.class,
            Map.of("names", a -> shapes.keySet(), "shape", a -> shapes.get(a[0].toString())));
    List<AttentionLayer> sites =
        shapes.keySet().stream()
            .filter(name -> name.endsWith("attn2.to_q.weight"))
            .map(name -> name.substring("unet/".length(), name.length() - ".to_q.weight".length()))
            .map(name -> new AttentionLayer(name, 8, true))
            .toList();
    return of(DiffusionModel.class, Map.of("weights", a -> weights, "attentionSites", a -> sites));
  }

  private interface Answer {
    Object to(Object[] arguments);
  }

  /** Answers what it is told to; everything else would be work on the model. */
  private static <T> T of(Class<T> type, Map<String, Answer> answers) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              Answer answer = answers.get(method.getName());
              if (answer == null) {
                throw new AssertionError("work began: " + method);
              }
              return answer.to(arguments);
            }));
  }

  /** Must not get so far as to train. */
  private static final class Untrained extends TrainedEditor {
    @Override
    protected PatchDraft train(
        List<Concept> concepts, Settings values, DiffusionModel model, JobContext context) {
      throw new AssertionError("work began");
    }

    @Override
    protected boolean keepsBase(Settings values) {
      return false;
    }

    Untrained() {
      super(Operation.CORRECT, "untrained", "Trains nothing.");
    }

    @Override
    public List<SettingSpec> parameters() {
      return TrainableSettings.parameters();
    }

    @Override
    public Tool tool() {
      return new Tool("a test", "1");
    }
  }

  private static Settings values(String trainable, boolean half) {
    return Settings.of(
        TrainableSettings.parameters(),
        Map.of("trainable", trainable, "fp16", Boolean.toString(half)));
  }

  @Test
  void whatNoPatchHoldsIsRefusedWithWhatToDoInstead() throws IOException {
    DiffusionModel model = model(6);
    PatchFormatException refused =
        catchThrowableOfType(
            PatchFormatException.class,
            () ->
                new Untrained()
                    .edit(
                        List.of(new Concept("a thing", ConceptType.OBJECT)),
                        values("unet", false),
                        model,
                        JobContext.NONE));
    assertThat(refused.error()).isEqualTo(PatchError.SIZE_LIMIT);
    assertThat(refused)
        .hasMessageContaining("19.2 GiB")
        .hasMessageContaining("--trainable lora")
        .hasMessageContaining("--fp16");
  }

  @ParameterizedTest
  @CsvSource({"cross-attention,false", "lora,false", "unet,true", "unet,false"})
  void theOtherChoicesFit(String trainable, boolean half) throws IOException {
    DiffusionModel model = model(1);
    assertThatCode(() -> new TrainableSettings(values(trainable, half)).checkSize(model))
        .doesNotThrowAnyException();
  }
}

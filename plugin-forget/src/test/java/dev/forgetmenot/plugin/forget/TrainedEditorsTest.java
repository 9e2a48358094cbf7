package dev.forgetmenot.plugin.forget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.EditEstimate;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.sampling.SamplingExtension;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.edit.DeltaEdit;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patch.edit.LowRankEdit;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import dev.forgetmenot.testkit.GoldenFolders;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole jobs of the editors that train, on the tiny model. */
class TrainedEditorsTest {
  private static final List<Concept> TWO =
      List.of(
          new Concept("ball", ConceptType.OBJECT), new Concept("soccer ball", ConceptType.OBJECT));
  private static final Map<String, String> SMALL =
      Map.of("no-real-image", "true", "steps", "4", "learning-rate", "1e-3");

  @TempDir Path folder;
  private StableDiffusion sd;

  @BeforeEach
  void load() throws IOException {
    sd =
        StableDiffusion.load(
            GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model"), LoadOptions.defaults());
  }

  @AfterEach
  void free() throws IOException {
    sd.close();
  }

  private RecordedJob whole() {
    return job(Integer.MAX_VALUE, false);
  }

  private RecordedJob job(int stopAfter, boolean resuming) {
    return new RecordedJob(folder.resolve("state.safetensors"), stopAfter, resuming);
  }

  private PatchDraft edit(
      ConceptEditor editor, List<Concept> concepts, Map<String, String> given, JobContext job)
      throws IOException {
    return RecordedJob.edit(sd, editor, concepts, given, job);
  }

  private static Map<String, String> with(Map<String, String> some, String... more) {
    Map<String, String> all = new HashMap<>(some);
    for (int i = 0; i < more.length; i += 2) {
      all.put(more[i], more[i + 1]);
    }
    return all;
  }

  private static void assertSameBits(PatchDraft found, PatchDraft expected) {
    if (expected.edits().get(0) instanceof LowRankEdit edit) {
      LowRankEdit other = (LowRankEdit) found.edits().get(0);
      assertThat(other.factors()).hasSameSizeAs(edit.factors()).isNotEmpty();
      edit.factors()
          .forEach(
              (name, factors) -> {
                assertThat(other.factors().get(name).down()).isEqualTo(factors.down());
                assertThat(other.factors().get(name).up()).isEqualTo(factors.up());
              });
      return;
    }
    Map<String, dev.forgetmenot.patch.edit.Delta> deltas =
        ((DeltaEdit) expected.edits().get(0)).deltas();
    Map<String, dev.forgetmenot.patch.edit.Delta> others =
        ((DeltaEdit) found.edits().get(0)).deltas();
    assertThat(others).hasSameSizeAs(deltas).isNotEmpty();
    deltas.forEach(
        (name, delta) -> assertThat(others.get(name).values()).as(name).isEqualTo(delta.values()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"cross-attention", "lora"})
  void aStoppedJobThatIsResumedGivesTheSameBits(String trainable) throws IOException {
    ConceptEditor editor = new AttentionResteering();
    Map<String, String> given =
        with(
            SMALL,
            "trainable",
            trainable,
            "gradient-accumulation-steps",
            "2",
            "train-batch-size",
            "2",
            "lr-scheduler",
            "cosine",
            "lr-warmup-steps",
            "1",
            "preserve",
            "a photo of a house; a tree",
            "weight-decay",
            "0.1");
    PatchDraft expected = edit(editor, TWO, given, whole());
    assertThatThrownBy(() -> edit(editor, TWO, given, job(2, false)))
        .isInstanceOf(CancellationException.class);
    assertThat(folder.resolve("state.safetensors")).exists();
    sd.close();
    load();
    RecordedJob resumed = job(Integer.MAX_VALUE, true);
    assertSameBits(edit(editor, TWO, given, resumed), expected);
    assertThat(resumed.losses).hasSize(2);
    assertThatThrownBy(
            () -> edit(editor, TWO, with(given, "seed", "9"), job(Integer.MAX_VALUE, true)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("seed was 0 then and is 9 now");
  }

  @ParameterizedTest
  @ValueSource(strings = {"esd", "ablate"})
  void otherMethodsResumeToTheSameBitsToo(String method) throws IOException {
    ConceptEditor editor = method.equals("esd") ? new EsdEraser() : new ConceptAblation();
    Map<String, String> few =
        method.equals("esd")
            ? Map.of("starts", "1", "start-steps", "3")
            : Map.of("num-images", "1", "guide", "a thing");
    Map<String, String> given =
        with(
            few, "steps", "4", "save-every", "2", "learning-rate", "1e-3", "train-batch-size", "2");
    RecordedJob job = whole();
    PatchDraft expected = edit(editor, TWO, given, job);
    assertThat(job.losses).hasSize(4).allMatch(loss -> loss > 0);
    assertThat(expected.recipe().steps()).isEqualTo(4);
    assertThat(expected.intent().concepts()).hasSize(2);
    RecordedJob finished = job(Integer.MAX_VALUE, true);
    assertSameBits(edit(editor, TWO, given, finished), expected);
    assertThat(finished.losses).as("the last step is a state too").isEmpty();
    assertThat(edit(editor, TWO, with(given, "steps", "2"), whole()).recipe().steps()).isEqualTo(2);
    RecordedJob resumed = job(Integer.MAX_VALUE, true); // from the state behind step 2
    assertSameBits(edit(editor, TWO, given, resumed), expected);
    assertThat(resumed.losses).hasSize(2).isEqualTo(job.losses.subList(2, 4));
    PatchDraft light = edit(editor, TWO, with(given, "trainable", "lora"), whole());
    assertThat(light.edits()).hasSize(1).allMatch(LowRankEdit.class::isInstance);
    PatchDraft reading = edit(editor, TWO, with(few, "steps", "2"), whole());
    assertThat(reading.recipe().parameters())
        .as("without a rate of weights")
        .containsEntry("trainable", "concept-directions");
    assertThat(((LowRankEdit) reading.edits().get(0)).factors().keySet())
        .isNotEmpty()
        .allMatch(name -> name.endsWith("attn2.to_k.weight") || name.endsWith("attn2.to_v.weight"));
  }

  @Test
  void aTrainingWithNoStepLeftSaysNothingOfAttention() throws IOException {
    ConceptEditor editor = new AttentionResteering();
    RecordedJob job = whole();
    PatchDraft expected = edit(editor, TWO, SMALL, job);
    assertThat(job.said).anyMatch(line -> line.startsWith("attention to the concept: "));
    RecordedJob finished = job(Integer.MAX_VALUE, true);
    assertSameBits(edit(editor, TWO, SMALL, finished), expected);
    assertThat(finished.said).noneMatch(line -> line.startsWith("attention"));
  }

  @Test
  void aMaskThatIsBlackAllOverIsRefusedAndOneThatIsNearlyTrains() throws IOException {
    BufferedImage image = new BufferedImage(40, 40, BufferedImage.TYPE_INT_RGB);
    Path images = Files.createDirectory(folder.resolve("images"));
    ImageIO.write(image, "png", images.resolve("a.png").toFile());
    ImageIO.write(image, "png", images.resolve("a.mask.png").toFile());
    Map<String, String> given = Map.of("image-dir", images.toString(), "steps", "2");
    List<Concept> ball = TWO.subList(0, 1);
    RecordedJob refused = whole();
    assertThatThrownBy(() -> edit(new AttentionResteering(), ball, given, refused))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll("a.mask.png is black", "nothing counts");
    assertThat(refused.losses).isEmpty();
    for (int x = 16; x < 20; x++) {
      image.setRGB(x, 20, 0x010101); // as dark as can be and not black
    }
    ImageIO.write(image, "png", images.resolve("a.mask.png").toFile());
    RecordedJob job = whole();
    edit(new AttentionResteering(), ball, given, job);
    assertThat(job.losses).hasSize(2).allMatch(Double::isFinite);
  }

  @Test
  void imagesOfEachConceptComeFromAFolderOfTheirOwn() throws IOException {
    for (String name : List.of("ball", "soccer-ball")) {
      Path own = Files.createDirectories(folder.resolve("pictures").resolve(name));
      BufferedImage image = new BufferedImage(40, 40, BufferedImage.TYPE_INT_RGB);
      image.setRGB(3, 3, name.length() * 1000);
      ImageIO.write(image, "png", own.resolve("a.png").toFile());
    }
    Map<String, String> given =
        Map.of("image-dir", folder.resolve("pictures").toString(), "steps", "2");
    PatchDraft draft = edit(new AttentionResteering(), TWO, given, whole());
    assertThat(draft.recipe().trainingImages()).hasSize(2).doesNotHaveDuplicates();
    Files.delete(folder.resolve("pictures/ball/a.png"));
    assertThatThrownBy(() -> edit(new AttentionResteering(), TWO, given, whole()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("ball");
  }

  @Test
  void learnedTokensStandForTheConceptAndAreGoneAfterwards() throws IOException {
    List<String> files = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Path file = folder.resolve(i + ".safetensors");
      float[] row = sd.noise(i).normal(32);
      new SafetensorsWriter()
          .add("<s1>", DType.F32, new long[] {32}, row)
          .add("<s2>", DType.F32, new long[] {32}, row)
          .write(file);
      files.add(file.toString());
    }
    List<Integer> before = sd.tokenIds("<s1>");
    PatchDraft draft =
        edit(
            new AttentionResteering(),
            TWO,
            with(SMALL, "embedding", String.join(";", files)),
            whole());
    assertThat(draft.intent().concepts().get(0).prompts()).containsExactly("a photo of <s1><s2>");
    assertThat(draft.intent().concepts().get(1).prompts()).containsExactly("a photo of <s3><s4>");
    assertThat(draft.recipe().parameters()).doesNotContainKey("embedding");
    assertThat(sd.tokenIds("<s1>")).isEqualTo(before).hasSizeGreaterThan(1);
    assertThatThrownBy(
            () ->
                edit(
                    new AttentionResteering(),
                    TWO,
                    with(SMALL, "embedding", files.get(0)),
                    whole()))
        .hasMessageContaining("2 concepts need as many files");
  }

  @Test
  void anEstimateGrowsWithStepsAndWhatIsTrained() throws IOException {
    ConceptEditor editor = new AttentionResteering();
    EditEstimate few = estimate(editor, with(SMALL, "steps", "10"));
    EditEstimate many = estimate(editor, with(SMALL, "steps", "10000", "trainable", "unet"));
    assertThat(few.time()).isPositive();
    assertThat(many.time().toMillis()).isGreaterThan(20 * few.time().toMillis());
    assertThat(many.peakBytes()).isGreaterThan(5 * few.peakBytes());
    assertThat(few.lines()).hasSize(1).first().asString().startsWith("10 steps of ");
    assertThat(folder.resolve("state.safetensors")).doesNotExist();
  }

  private EditEstimate estimate(ConceptEditor editor, Map<String, String> given)
      throws IOException {
    Settings values = Settings.of(editor.parameters(), given);
    return sd.engine()
        .<EditEstimate, IOException>call(
            () -> {
              try {
                return editor.estimate(TWO, values, sd, whole()).orElseThrow();
              } finally {
                sd.weights().restoreChanged();
              }
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"esd", "resteer"})
  void editorsLearnFromWhatSamplingExtensionsLetUsersSee(String method) throws IOException {
    ConceptEditor editor = method.equals("esd") ? new EsdEraser() : new AttentionResteering();
    Map<String, String> given =
        method.equals("esd")
            ? Map.of("starts", "1", "start-steps", "3", "steps", "1", "learning-rate", "1e-3")
            : Map.of("train-on", "images", "num-images", "1", "steps", "1");
    RecordedJob plain = whole();
    edit(editor, TWO, given, plain);
    SamplingExtension.Run moved =
        new SamplingExtension.Run() {
          @Override
          public NDArray latents(int step, NDArray latents) {
            return latents.mul(0.5f);
          }
        };
    sd.close();
    sd =
        StableDiffusion.load(
            GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model"),
            LoadOptions.defaults().sampled(List.of((request, model) -> moved), List.of()));
    RecordedJob extended = whole();
    edit(editor, TWO, given, extended);
    assertThat(extended.losses.get(0)).isNotEqualTo(plain.losses.get(0));
  }

  @Test
  void trainingStopsWhenTheConceptGetsLittleAttention() throws IOException {
    RecordedJob job = whole();
    PatchDraft draft = edit(new AttentionResteering(), TWO, with(SMALL, "stop-below", "1"), job);
    assertThat(job.losses).hasSize(1);
    assertThat(draft.recipe().steps()).isEqualTo(1);
  }

  @Test
  void byDefaultAdaptersReadWhatKeptTextHasNot() throws IOException {
    RecordedJob job = whole();
    // Nearly all columns of this text are padding, and no attention can be led away from all.
    Map<String, String> given =
        Map.of("no-real-image", "true", "steps", "30", "token-selection", "end");
    PatchDraft draft = edit(new AttentionResteering(), TWO, given, job);
    LowRankEdit edit = (LowRankEdit) draft.edits().get(0);
    assertThat(edit.factors().keySet())
        .isNotEmpty()
        .allMatch(name -> name.endsWith("attn2.to_k.weight") || name.endsWith("attn2.to_v.weight"));
    float[] begin = sd.engine().call(() -> row("", 0));
    float[] concept = sd.engine().call(() -> row("a photo of ball", 4));
    edit.factors()
        .values()
        .forEach(
            factors -> {
              assertThat(factors.rank()).as("two directions of each concept").isEqualTo(4);
              assertThat(read(factors, begin)).isLessThan(1e-3 * read(factors, concept));
            });
    assertThat(job.losses.get(job.losses.size() - 1)).isLessThan(0.9 * job.losses.get(0));
    PatchDraft rated = edit(new AttentionResteering(), TWO, SMALL, whole());
    assertThat(rated.edits().get(0)).as("a rate is one of weights").isInstanceOf(DeltaEdit.class);
  }

  private float[] row(String prompt, int position) {
    try (TextCondition encoded = sd.encodePrompts(List.of(sd.tokenize(prompt)));
        NDArray row = encoded.context().get(0).get(position)) {
      return row.toFloatArray();
    }
  }

  /** Length of down · row. */
  private static double read(LowRank factors, float[] row) {
    double squares = 0;
    for (int i = 0; i < factors.rank(); i++) {
      double sum = 0;
      for (int j = 0; j < row.length; j++) {
        sum += (double) factors.down()[i * row.length + j] * row[j];
      }
      squares += sum * sum;
    }
    return Math.sqrt(squares);
  }

  @Test
  void trainingStopsWhenAttentionHasFallenToAPartOfTheFirstSteps() throws IOException {
    RecordedJob job = whole();
    edit(new AttentionResteering(), TWO, with(SMALL, "stop-at", "1", "steps", "40"), job);
    assertThat(job.losses).hasSizeBetween(2, 39);
  }

  @Test
  void wrongValuesAreNamed() {
    ConceptEditor editor = new AttentionResteering();
    assertThatThrownBy(
            () ->
                edit(editor, TWO, with(SMALL, "trainable", "lora", "lora-targets", "q,w"), whole()))
        .hasMessageContaining("lora-targets")
        .hasMessageContaining("'w'");
    assertThatThrownBy(() -> edit(editor, TWO, with(SMALL, "lr-warmup-steps", "3"), whole()))
        .hasMessageContaining("constant_with_warmup");
    assertThatThrownBy(
            () -> edit(editor, TWO, with(SMALL, "trainable", "lora", "lora-rank", "1000"), whole()))
        .hasMessageContaining("rank is at most");
  }
}

package dev.forgetmenot.kit.inversion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.kit.train.PixelMask;
import dev.forgetmenot.kit.train.TrainingImages;
import dev.forgetmenot.patching.embeddings.Embeddings;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Concept inversion on a tiny model with random weights: what it does, not what it finds. */
class TextualInversionTest {
  private static final String MATRIX = "text_encoder/text_model.embeddings.token_embedding.weight";
  private static StableDiffusion sd;

  @TempDir Path folder;

  @BeforeAll
  static void load() throws IOException {
    sd =
        StableDiffusion.load(
            GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model"), LoadOptions.defaults());
  }

  @AfterAll
  static void free() throws IOException {
    sd.close();
  }

  /** A job that is stopped before a step and keeps its state in a file. */
  private static final class Job implements JobContext {
    private final List<String> said = new ArrayList<>();
    private final List<Integer> steps = new ArrayList<>();
    private final Path file;
    private final boolean resuming;
    private final int stopAfter;

    Job(Path file, boolean resuming, int stopAfter) {
      this.file = file;
      this.resuming = resuming;
      this.stopAfter = stopAfter;
    }

    static Job undisturbed() {
      return new Job(null, false, Integer.MAX_VALUE);
    }

    @Override
    public void progress(String stage, long done, long total) {}

    @Override
    public void say(String line) {
      said.add(line);
    }

    @Override
    public boolean cancelled() {
      return steps.size() >= stopAfter;
    }

    @Override
    public void trained(int step, int of, double loss, double gradientNorm) {
      assertThat(loss).isPositive().isFinite();
      steps.add(step);
    }

    @Override
    public Optional<Path> checkpoint() {
      return Optional.ofNullable(file);
    }

    @Override
    public boolean resuming() {
      return resuming;
    }
  }

  private static TextualInversionSettings settings(String... pairs) {
    Map<String, String> given = new HashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      given.put(pairs[i], pairs[i + 1]);
    }
    return new TextualInversionSettings(Settings.of(TextualInversionSettings.parameters(), given));
  }

  private static TrainingImages images(List<String> stems) {
    int size = sd.imageSize();
    List<RgbImage> images = new ArrayList<>();
    List<Optional<PixelMask>> masks = new ArrayList<>();
    Random random = new Random(5);
    for (int i = 0; i < stems.size(); i++) {
      byte[] rgb = new byte[size * size * 3];
      random.nextBytes(rgb);
      images.add(new RgbImage(size, size, rgb));
      float[] mask = new float[size * size];
      mask[i] = 1;
      masks.add(i == 0 ? Optional.of(new PixelMask(size, mask)) : Optional.empty());
    }
    return new TrainingImages(images, stems, stems, masks);
  }

  private static Embeddings invert(Job job, ConceptType kind, TextualInversionSettings settings)
      throws IOException {
    return invert(job, kind, settings, List.of("a", "b", "c"));
  }

  private static Embeddings invert(
      Job job, ConceptType kind, TextualInversionSettings settings, List<String> stems)
      throws IOException {
    return sd.engine()
        .call(
            () ->
                new TextualInversion(sd, settings)
                    .run(kind, images(stems), job, InversionListener.NONE));
  }

  @Test
  void theModelIsAsBeforeAndTheTokensAreNot() throws IOException {
    float[] matrix = sd.engine().call(() -> sd.weights().current(MATRIX));
    List<Integer> pieces = sd.tokenIds("<s1>");
    Job job = Job.undisturbed();
    Embeddings found = invert(job, ConceptType.IDENTITY, settings("steps", "3"));
    assertThat(found.phrase()).isEqualTo("<s1><s2><s3><s4>");
    assertThat(job.steps).containsExactly(1, 2, 3);
    assertThat(sd.engine().call(() -> sd.weights().current(MATRIX))).isEqualTo(matrix);
    assertThat(sd.tokenIds("<s1>")).isEqualTo(pieces);
    Embeddings again = invert(Job.undisturbed(), ConceptType.IDENTITY, settings("steps", "3"));
    assertThat(again.vectors().get("<s3>")).isDeepEqualTo(found.vectors().get("<s3>"));
    Embeddings other =
        invert(Job.undisturbed(), ConceptType.IDENTITY, settings("steps", "3", "seed", "1"));
    assertThat(other.vectors().get("<s3>")[0]).isNotEqualTo(found.vectors().get("<s3>")[0]);
  }

  @Test
  void goingOnGivesTheSameBits() throws IOException {
    String[] options = {"steps", "6", "gradient-accumulation-steps", "2", "lr-scheduler", "cosine"};
    Embeddings whole = invert(Job.undisturbed(), ConceptType.OBJECT, settings(options));
    Path file = folder.resolve("checkpoint.safetensors");
    Job stopped = new Job(file, false, 4);
    assertThatThrownBy(() -> invert(stopped, ConceptType.OBJECT, settings(options)))
        .isInstanceOf(CancellationException.class);
    Job resumed = new Job(file, true, Integer.MAX_VALUE);
    Embeddings rest = invert(resumed, ConceptType.OBJECT, settings(options));
    assertThat(resumed.steps).containsExactly(5, 6);
    whole
        .vectors()
        .forEach((name, rows) -> assertThat(rest.vectors().get(name)).isDeepEqualTo(rows));
    Job changed = new Job(file, true, Integer.MAX_VALUE);
    assertThatThrownBy(() -> invert(changed, ConceptType.STYLE, settings(options)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("kind");
  }

  @Test
  void everyStepIsHeardWhileTheTokensAreOnTheModel() throws IOException {
    List<Integer> heard = new ArrayList<>();
    sd.engine()
        .call(
            () ->
                new TextualInversion(sd, settings("steps", "2", "tokens", "<s5>|<s6>"))
                    .run(
                        ConceptType.OBJECT,
                        images(List.of("a")),
                        Job.undisturbed(),
                        (step, steps, tokens) -> {
                          heard.add(step);
                          assertThat(tokens.get().phrase()).isEqualTo("<s5><s6>");
                          assertThat(sd.tokenIds("<s5><s6>")).containsExactly(5120, 5121);
                        }));
    assertThat(heard).containsExactly(1, 2);
  }

  @Test
  void aListenerThatStopsLeavesACheckpointOfItsStep() throws IOException {
    Path file = folder.resolve("checkpoint.safetensors");
    TextualInversion inversion = new TextualInversion(sd, settings("steps", "3"));
    Job stopped = new Job(file, false, Integer.MAX_VALUE);
    InversionListener stopping =
        (step, steps, tokens) -> {
          if (step == 2) {
            throw new CancellationException();
          }
        };
    assertThatThrownBy(
            () ->
                sd.engine()
                    .call(
                        () ->
                            inversion.run(
                                ConceptType.OBJECT, images(List.of("a")), stopped, stopping)))
        .isInstanceOf(CancellationException.class);
    Job resumed = new Job(file, true, Integer.MAX_VALUE);
    invert(resumed, ConceptType.OBJECT, settings("steps", "3"), List.of("a"));
    assertThat(resumed.steps).containsExactly(3);
  }

  @Test
  void masksAndFlipsMatter() throws IOException {
    float[] usual = first(settings("steps", "2"));
    assertThat(first(settings("steps", "2", "no-mask", "true"))).isNotEqualTo(usual);
    assertThat(first(settings("steps", "12", "no-flip", "true")))
        .isNotEqualTo(first(settings("steps", "12")));
    assertThat(first(settings("steps", "2", "no-norm-decay", "true"))).isNotEqualTo(usual);
    assertThat(first(settings("steps", "2", "norm-target", "3"))).isNotEqualTo(usual);
  }

  private static float[] first(TextualInversionSettings settings) throws IOException {
    Embeddings found = invert(Job.undisturbed(), ConceptType.OBJECT, settings, List.of("a"));
    return found.vectors().get("<s1>")[0];
  }

  @Test
  void initialisersSayWhereTokensBegin() throws IOException {
    float[] matrix = sd.engine().call(() -> sd.weights().current(MATRIX));
    InitialEmbeddings rows = sd.engine().call(() -> InitialEmbeddings.of(sd));
    int photo = sd.tokenIds("photo").get(0);
    float[][] found =
        sd.engine()
            .call(
                () ->
                    rows.of(
                        TokenInitialiser.parseAll(List.of("photo ", "<zero>", "7", "<rand-0.5>")),
                        42));
    assertThat(found[0]).isEqualTo(Arrays.copyOfRange(matrix, photo * 32, photo * 32 + 32));
    assertThat(found[1]).containsOnly(0);
    assertThat(found[2]).isEqualTo(Arrays.copyOfRange(matrix, 7 * 32, 8 * 32));
    float[] normal = sd.noise(42).normal(32);
    assertThat(found[3][5]).isEqualTo(0.5f * normal[5]);
    String several = "zyxwvut";
    List<String> names = sd.tokens(several);
    assertThat(names).hasSizeGreaterThan(1);
    assertThatThrownBy(() -> rows.of(TokenInitialiser.parseAll(List.of(several)), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(names.toString());
    assertThatThrownBy(() -> rows.of(TokenInitialiser.parseAll(List.of("99999")), 1))
        .hasMessageContaining("no token id 99999");
    for (String wrong : List.of("<rand-x>", "<rand--1>", "<what>", "")) {
      assertThatThrownBy(() -> TokenInitialiser.parseAll(List.of(wrong)))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("an initialiser is");
    }
  }

  @Test
  void theUsualInitialisersNameTheKind() {
    List<String> said = new ArrayList<>();
    for (ConceptType kind : ConceptType.values()) {
      String noun = kind == ConceptType.IDENTITY ? "person" : kind.word();
      List<TokenInitialiser> usual = settings().initialisers(kind, sd, said::add);
      TokenInitialiser random = new TokenInitialiser.Random(1);
      TokenInitialiser named =
          sd.tokenIds(noun).size() == 1 ? new TokenInitialiser.Word(noun) : random;
      assertThat(usual).containsExactly(named, named, random, random);
      assertThat(said.stream().anyMatch(line -> line.contains("'" + noun + "'")))
          .isEqualTo(named.equals(random));
    }
    assertThat(settings("tokens", "3").initialisers(ConceptType.OBJECT, sd, said::add)).hasSize(3);
    assertThat(settings("init", "a|b").names(2)).containsExactly("<s1>", "<s2>");
    assertThatThrownBy(
            () ->
                settings("tokens", "3", "init", "a|b")
                    .initialisers(ConceptType.OBJECT, sd, said::add))
        .hasMessageContaining("2 tokens");
    assertThatThrownBy(
            () -> settings("tokens", "0").initialisers(ConceptType.OBJECT, sd, said::add))
        .hasMessageContaining("1 to 64");
  }

  @Test
  void promptsComeFromATemplateOrTheFilesNames() throws IOException {
    TrainingImages named = images(List.of("a <s> on a table", "old <s>"));
    assertThat(settings("stems", "true").prompts(ConceptType.OBJECT, "<s1><s2>", named))
        .containsExactly("a <s1><s2> on a table", "old <s1><s2>");
    assertThat(settings().prompts(ConceptType.STYLE, "<s1>", named))
        .containsOnly("a photo in the style of <s1>");
    assertThat(settings("template", "{} here").prompts(ConceptType.STYLE, "<s1>", named))
        .containsOnly("<s1> here");
    assertThatThrownBy(
            () ->
                invert(
                    Job.undisturbed(), ConceptType.OBJECT, settings("stems", "true", "steps", "1")))
        .hasMessageContaining("has no <s> in its name");
    String crowded = "a ".repeat(80) + "{}";
    assertThatThrownBy(
            () -> invert(Job.undisturbed(), ConceptType.OBJECT, settings("template", crowded)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("would be cut off");
    assertThat(sd.tokenIds("<s1>")).isNotEqualTo(List.of(5120)); // taken off all the same
  }

  @Test
  void lengthsAreDrawnToTheVocabularys() {
    assertThat(NormDecay.ofVocabulary(0.39).target()).isEqualTo(0.4);
    assertThat(NormDecay.ofVocabulary(0.22).target()).isEqualTo(0.22);
    float[][] rows = {{3, 4}, {0, 0}};
    float[][] decayed = new NormDecay(1).apply(rows, 1e-3); // a tenth of the way from 5 to 1
    assertThat(decayed[0]).containsExactly(new float[] {2.76f, 3.68f}, within(1e-6f));
    assertThat(decayed[1]).containsOnly(0);
    assertThat(new NormDecay(1).apply(rows, 1)[0])
        .containsExactly(new float[] {0.6f, 0.8f}, within(1e-6f));
  }

  @Test
  void nothingToInvertIsAnError() {
    assertThatThrownBy(() -> invert(Job.undisturbed(), ConceptType.OBJECT, settings(), List.of()))
        .hasMessageContaining("no image");
  }
}

package dev.forgetmenot.evaluation.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.edit.KnownConcepts.Phrase;
import dev.forgetmenot.api.evaluation.JudgedImage;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.kit.evaluate.Count;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two judges over an embedder of three colours: hats are red, boats green, keys blue. */
class JudgesTest {
  private static final KnownConcepts WORDS =
      new KnownConcepts(
          Stream.of("hat", "boat", "key", "ink:style", "oil:style")
              .map(
                  word ->
                      new Phrase(
                          word,
                          word.replace(":style", ""),
                          word.endsWith(":style") ? ConceptType.STYLE : ConceptType.OBJECT,
                          ""))
              .toList(),
          List.of());
  private static final Map<String, float[]> TEXTS =
      Map.of(
          "a photo of hat", PixelEmbedder.unit(1, 0, 0),
          "a photo of boat", PixelEmbedder.unit(0, 1, 0),
          "a photo of key", PixelEmbedder.unit(0, 0, 1),
          "a photo in the style of ink", PixelEmbedder.unit(1, 1, 0),
          "a photo in the style of oil", PixelEmbedder.unit(0, 1, 1));

  @TempDir private Path folder;
  private final Map<String, RgbImage> images = new HashMap<>();
  private final List<String> asked = new ArrayList<>();

  private List<RgbImage> draw(List<String> keys) {
    asked.addAll(keys);
    return keys.stream().map(images::get).toList();
  }

  private CalibrationSet set(String label, ConceptType kind, RgbImage... shown) {
    List<String> keys = IntStream.range(0, shown.length).mapToObj(i -> label + i).toList();
    for (int i = 0; i < shown.length; i++) {
      images.put(keys.get(i), shown[i]);
    }
    return new CalibrationSet(label, kind, keys);
  }

  /** Prototypes (200, 40, 0), (0, 255, 0), (0, 0, 255); one of the held-out hats is a boat. */
  private List<CalibrationSet> things() {
    return List.of(
        set(
            "hat",
            ConceptType.OBJECT,
            PixelEmbedder.image(200, 40, 0),
            PixelEmbedder.image(200, 40, 0),
            PixelEmbedder.image(255, 0, 0),
            PixelEmbedder.image(10, 200, 0)),
        set(
            "boat",
            ConceptType.OBJECT,
            PixelEmbedder.image(0, 255, 0),
            PixelEmbedder.image(0, 255, 0),
            PixelEmbedder.image(0, 100, 20),
            PixelEmbedder.image(0, 100, 60)),
        set(
            "key",
            ConceptType.OBJECT,
            PixelEmbedder.image(0, 0, 255),
            PixelEmbedder.image(0, 0, 255),
            PixelEmbedder.image(0, 0, 9),
            PixelEmbedder.image(0, 0, 9)));
  }

  private Judges judges(Map<String, float[]> texts, List<CalibrationSet> sets) throws IOException {
    return Judges.of(
        Judges.Towers.of(new PixelEmbedder("e".repeat(64), texts)),
        WORDS,
        sets,
        new EmbeddingCache(folder.resolve("embeddings")),
        this::draw);
  }

  private Judges judges(Judges.Towers towers) throws IOException {
    return Judges.of(
        towers, WORDS, things(), new EmbeddingCache(folder.resolve("embeddings")), this::draw);
  }

  @Test
  void bothAreSetByImagesThatAreNoPrototypes() throws IOException {
    Judges judges = judges(TEXTS, things());
    assertThat(judges.ids()).containsExactly("B", "A"); // B scores
    Judge a = judges.get("A");
    Judge b = judges.get("B");
    assertThat(a.label()).isEqualTo("CLIP ViT-X of pixels/, texts");
    assertThat(b.label()).isEqualTo("CLIP ViT-X of pixels/, prototypes");
    // the narrowest right answer: the second boat, (0, 100, 60); five of them, so none may be lost
    double length = Math.sqrt(100 * 100 + 60 * 60);
    assertThat(a.threshold()).isCloseTo(40 / length, within(1e-6));
    assertThat(b.threshold()).isCloseTo(40 / length, within(1e-6));
    assertThat(a.accuracy()).isEqualTo(new Count(5, 6));
    assertThat(b.accuracy()).isEqualTo(new Count(5, 6));
    assertThat(b.accuracy(List.of("hat", "no label"))).isEqualTo(new Count(1, 2));
    assertThat(judges.agreement().orElseThrow().kappa()).isEqualTo(1);
    assertThat(a.labels()).containsExactly("hat", "boat", "key", "ink", "oil");
    assertThat(b.labels()).containsExactly("boat", "hat", "key");
    assertThat(a.vocabularySha256()).isNotEqualTo(b.vocabularySha256()).matches("[0-9a-f]{64}");
  }

  @Test
  void aBroadChoiceAbstainsBelowTheThreshold() throws IOException {
    Judge b = judges(TEXTS, things()).get("B");
    float[][] embeddings = {PixelEmbedder.unit(0, 1, 0.9), PixelEmbedder.unit(0.9, 0, 0.1)};
    List<JudgedImage> answers =
        b.answers(embeddings, List.of(ConceptType.OBJECT, ConceptType.IDENTITY));
    assertThat(answers).extracting(JudgedImage::label).containsExactly("boat", "hat");
    assertThat(answers).extracting(JudgedImage::abstained).containsExactly(true, false);
  }

  @Test
  void stylesAreJudgedAmongStyles() throws IOException {
    Judges judges = judges(TEXTS, things());
    float[][] image = {PixelEmbedder.unit(1, 0.1, 0)};
    List<ConceptType> style = List.of(ConceptType.STYLE);
    assertThat(judges.get("A").answers(image, style).get(0).label()).isEqualTo("ink");
    assertThat(judges.get("B").answers(image, style)).containsExactly(new JudgedImage("", 0, true));
    assertThat(judges.get("B").knows("ink")).as("it has no reference images").isFalse();
    assertThat(judges.get("B").knows("hat")).isTrue();
    assertThatThrownBy(() -> judges.get("C")).hasMessageContaining("no judge C, only [B, A]");
  }

  @Test
  void aLabelIsWeakWhereTheJudgeIsRightTooSeldom() throws IOException {
    Judge b = judges(TEXTS, things()).get("B");
    assertThat(b.isWeak("hat")).as("1 of 2").isTrue();
    assertThat(b.isWeak("key")).as("2 of 2").isFalse();
    assertThat(b.isWeak("ink")).as("nothing was shown").isFalse();
  }

  @Test
  void anotherClipIsAJudgeOfItsOwnAndPrototypesMayBeLeftOut() throws IOException {
    PixelEmbedder one = new PixelEmbedder("e".repeat(64), TEXTS);
    PixelEmbedder other = new PixelEmbedder("f".repeat(64), TEXTS);
    Judges judges = judges(new Judges.Towers(one, false, Optional.of(other)));
    assertThat(judges.ids()).containsExactly("A", "C");
    assertThat(judges.get("C").embedder().digest()).startsWith("f");
    assertThat(judges.get("C").accuracy()).isEqualTo(new Count(5, 6));
    assertThat(judges.agreement()).as("of B and A").isEmpty();
    PixelEmbedder reads = new PixelEmbedder("e".repeat(64), Map.of());
    assertThatThrownBy(() -> judges(new Judges.Towers(reads, false, Optional.empty())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("reads no texts")
        .hasMessageContaining("second: prototypes");
  }

  @Test
  void withoutATextTowerThereIsNoJudgeA() throws IOException {
    Judges judges = judges(Map.of(), things());
    assertThat(judges.ids()).containsExactly("B");
    assertThat(judges.agreement()).isEmpty();
    assertThatThrownBy(() -> judges(Map.of(), things().subList(0, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("reads no texts")
        .hasMessageContaining("fewer than two labels");
  }

  @Test
  void aSecondEvaluationDrawsAndEmbedsNothing() throws IOException {
    Judges first = judges(TEXTS, things());
    assertThat(asked).hasSize(12);
    asked.clear();
    Judges second = judges(TEXTS, things());
    assertThat(asked).isEmpty();
    assertThat(second.get("B").threshold()).isEqualTo(first.get("B").threshold());
    assertThat(second.get("A").accuracy()).isEqualTo(first.get("A").accuracy());
  }

  @Test
  void otherImagesAndOtherEmbeddersAreEmbeddedAnew() throws IOException {
    EmbeddingCache cache = new EmbeddingCache(folder.resolve("embeddings"));
    PixelEmbedder one = new PixelEmbedder("1".repeat(64), TEXTS);
    List<String> keys = things().get(0).keys();
    float[][] rows = cache.of(one, keys, this::draw);
    assertThat(cache.of(one, keys, this::draw)).isDeepEqualTo(rows);
    assertThat(asked).hasSize(4);
    cache.of(new PixelEmbedder("2".repeat(64), TEXTS), keys, this::draw);
    assertThat(asked).hasSize(8);
    cache.of(one, keys.subList(0, 3), this::draw);
    assertThat(asked).hasSize(11);
  }

  @Test
  void aDamagedFileIsMadeAgain() throws IOException {
    EmbeddingCache cache = new EmbeddingCache(folder.resolve("embeddings"));
    PixelEmbedder embedder = new PixelEmbedder("1".repeat(64), TEXTS);
    List<String> keys = things().get(0).keys();
    float[][] rows = cache.of(embedder, keys, this::draw);
    try (Stream<Path> files = Files.walk(folder.resolve("embeddings"))) {
      Path file = files.filter(Files::isRegularFile).findFirst().orElseThrow();
      Files.writeString(file, "damaged");
    }
    assertThat(cache.of(embedder, keys, this::draw)).isDeepEqualTo(rows);
    assertThat(asked).hasSize(8);
  }

  @Test
  void oneImageCannotBeHalved() {
    assertThatThrownBy(() -> new CalibrationSet("hat", ConceptType.OBJECT, List.of("k")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'hat' has 1 calibration images")
        .hasMessageContaining("2 or more");
  }

  @Test
  void oneRightAnswerInTwentyMayBeLost() throws IOException {
    RgbImage[] boats = new RgbImage[80];
    for (int i = 0; i < 40; i++) {
      boats[i] = PixelEmbedder.image(0, 255, 0);
      boats[40 + i] = PixelEmbedder.image(0, 200, 190 - i); // margins rise
    }
    List<CalibrationSet> sets =
        List.of(
            set("boat", ConceptType.OBJECT, boats),
            set(
                "key",
                ConceptType.OBJECT,
                PixelEmbedder.image(0, 0, 255),
                PixelEmbedder.image(0, 255, 0))); // a wrong answer sets nothing
    Judge b = judges(Map.of(), sets).get("B");
    assertThat(b.accuracy(List.of("boat"))).isEqualTo(new Count(38, 40));
    assertThat(b.accuracy(List.of("key"))).isEqualTo(new Count(0, 1));
  }
}

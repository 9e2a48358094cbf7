package dev.forgetmenot.samples;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.edit.KnownConcepts.Phrase;
import dev.forgetmenot.api.evaluation.JudgedImage;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.clip.ClipEmbedder;
import dev.forgetmenot.diffusion.clip.ClipFiles;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.evaluation.judge.CalibrationSet;
import dev.forgetmenot.evaluation.judge.EmbeddingCache;
import dev.forgetmenot.evaluation.judge.Judges;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.host.evaluate.EvaluationSetup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A model with judges of its images, which are set by images that it drew itself: 10 steps of DPM++
 * 2M, four of every thing that it knows. Their embeddings stay in a folder for the next time.
 */
record JudgedModel(
    StableDiffusion model, KnownConcepts vocabulary, ClipEmbedder embedder, Judges judges)
    implements AutoCloseable {
  private static final int EACH = 4;
  private static final long FIRST_SEED = 900_000;

  /** Loads a model folder that has a CLIP; the embeddings are kept below the output folder. */
  static JudgedModel open(Path folder, Path output) throws IOException {
    EvaluationSetup judging = EvaluationSetup.of(folder, Optional.empty(), Optional.empty());
    StableDiffusion model = StableDiffusion.load(folder, LoadOptions.defaults());
    ClipEmbedder embedder = ClipEmbedder.open(ClipFiles.model(judging.clip()), model.engine());
    Map<String, RgbImage> drawn = new LinkedHashMap<>();
    Map<String, List<String>> keys = new LinkedHashMap<>();
    List<String> things = things(judging.vocabulary());
    for (String thing : things) {
      keys.put(thing, IntStream.range(0, EACH).mapToObj(i -> key(folder, thing, i)).toList());
    }
    Judges judges =
        Judges.of(
            Judges.Towers.of(embedder),
            judging.vocabulary(),
            things.stream()
                .map(thing -> new CalibrationSet(thing, ConceptType.OBJECT, keys.get(thing)))
                .toList(),
            new EmbeddingCache(output.resolve("embeddings")),
            wanted -> {
              if (drawn.isEmpty()) {
                List<RgbImage> all = draw(model, calibration(), things, EACH);
                List<String> names = keys.values().stream().flatMap(List::stream).toList();
                IntStream.range(0, all.size()).forEach(i -> drawn.put(names.get(i), all.get(i)));
              }
              return wanted.stream().map(drawn::get).toList();
            });
    return new JudgedModel(model, judging.vocabulary(), embedder, judges);
  }

  private static GenerationRequest calibration() {
    return GenerationRequest.of("").seeds(FIRST_SEED, 1).sampled("dpmpp-2m", 10);
  }

  private static String key(Path folder, String thing, int image) {
    return Sha256.hex((folder.toAbsolutePath() + "\n" + thing + "\n" + image).getBytes(UTF_8));
  }

  private static List<String> things(KnownConcepts vocabulary) {
    return vocabulary.ofStyle(false).stream().map(Phrase::phrase).distinct().toList();
  }

  /** All things that the model knows, as phrases. */
  List<String> things() {
    return things(vocabulary);
  }

  /** Images of things, those of one thing beside each other. */
  List<RgbImage> draw(GenerationRequest settings, List<String> things, int each) {
    return draw(model, settings, things, each);
  }

  /** Images of things by a model, those of one thing beside each other. */
  static List<RgbImage> draw(
      StableDiffusion model, GenerationRequest settings, List<String> things, int each) {
    List<GenerationRequest> requests =
        things.stream()
            .map(thing -> settings.prompted("a photo of " + thing).seeds(settings.seed(), each))
            .toList();
    return model.generate(requests).stream().flatMap(List::stream).toList();
  }

  /** What images look like to the judges. */
  float[][] embeddings(List<RgbImage> images) {
    return embedder.images(images);
  }

  /** How many of some images a judge takes for what they should be; an abstention is not right. */
  long right(String judge, float[][] embeddings, List<String> labels) {
    List<JudgedImage> answers =
        judges
            .get(judge)
            .answers(embeddings, Collections.nCopies(embeddings.length, ConceptType.OBJECT));
    return IntStream.range(0, answers.size())
        .filter(i -> answers.get(i).is(List.of(labels.get(i))))
        .count();
  }

  @Override
  public void close() throws IOException {
    embedder.close();
    model.close();
  }
}

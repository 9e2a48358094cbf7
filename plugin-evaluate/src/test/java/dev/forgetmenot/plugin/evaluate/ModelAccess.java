package dev.forgetmenot.plugin.evaluate;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.evaluation.ImageSet;
import dev.forgetmenot.api.evaluation.ImageSet.Shot;
import dev.forgetmenot.api.evaluation.JudgedImage;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.api.model.AddedTokens;
import dev.forgetmenot.api.model.RgbImage;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.diffusion.clip.ClipEmbedder;
import dev.forgetmenot.diffusion.clip.ClipFiles;
import dev.forgetmenot.diffusion.clip.ZeroShotClassifier;
import dev.forgetmenot.evaluation.measure.UnitRows;
import dev.forgetmenot.kit.concept.PromptTemplate;
import dev.forgetmenot.testkit.EmbeddedModel;
import dev.forgetmenot.testkit.edit.EditedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What evaluators measure with on the embedded model: weights that a test gives are on it in the
 * patched state. One judge, by texts, without abstention.
 */
final class ModelAccess extends FakeAccess implements AutoCloseable {
  private final EditedModel edited = new EditedModel();
  private final Map<String, float[]> patch = new HashMap<>();
  private final Map<String, RgbImage> drawn = new HashMap<>();
  private final Map<String, List<RgbImage>> beside = new HashMap<>(); // by set and state
  private final GenerationRequest settings;
  private String titles = "";
  private final Path folder;

  ModelAccess(GenerationRequest settings, Path folder) throws IOException {
    this.settings = settings;
    this.folder = folder;
    judges = List.of("A");
    embedder =
        ClipEmbedder.open(
            ClipFiles.model(ZeroShotClassifier.clipOf(EmbeddedModel.folder())),
            edited.model().engine());
  }

  /** The titles of all sets that were drawn with tokens. */
  String titles() {
    return titles;
  }

  EditedModel edited() {
    return edited;
  }

  ModelAccess patch(String weight, float[] values) {
    patch.put(weight, values);
    return this;
  }

  ModelAccess unpatch(String weight) {
    patch.remove(weight);
    return this;
  }

  @Override
  public void draw(
      ImageSet set, ModelState state, Map<String, float[][]> tokens, JobContext context)
      throws IOException {
    List<GenerationRequest> requests =
        set.shots().stream()
            .map(shot -> settings.prompted(shot.prompt()).seeds(shot.seed(), 1))
            .toList();
    titles += set.title();
    beside.put(
        set.id() + state,
        compute(
            state,
            model -> {
              AddedTokens added = model.addTokens(tokens);
              try {
                return model.generate(requests).stream().flatMap(List::stream).toList();
              } finally {
                added.close();
              }
            }));
  }

  @Override
  public List<RgbImage> images(ImageSet set, ModelState state) throws IOException {
    if (beside.containsKey(set.id() + state)) {
      return beside.get(set.id() + state);
    }
    List<Shot> missing =
        set.shots().stream()
            .filter(shot -> !drawn.containsKey(shot.prompt() + shot.seed() + state))
            .distinct()
            .toList();
    if (!missing.isEmpty()) {
      List<GenerationRequest> requests =
          missing.stream()
              .map(shot -> settings.prompted(shot.prompt()).seeds(shot.seed(), 1))
              .toList();
      List<List<RgbImage>> images = compute(state, model -> model.generate(requests));
      for (int i = 0; i < missing.size(); i++) {
        Shot shot = missing.get(i);
        drawn.put(shot.prompt() + shot.seed() + state, images.get(i).get(0));
      }
    }
    return set.shots().stream()
        .map(shot -> drawn.get(shot.prompt() + shot.seed() + state))
        .toList();
  }

  @Override
  public List<JudgedImage> answers(String judge, ImageSet set, ModelState state)
      throws IOException {
    return answers(images(set, state), set.shots().get(0).kind());
  }

  private List<JudgedImage> answers(List<RgbImage> images, ConceptType kind) {
    List<String> labels =
        EditedModel.VOCABULARY.ofStyle(kind == ConceptType.STYLE).stream()
            .map(KnownConcepts.Phrase::phrase)
            .toList();
    UnitRows texts =
        rows(embedder.texts(labels.stream().map(PromptTemplate.of(kind)::with).toList()));
    UnitRows rows = rows(embedder.images(images));
    List<JudgedImage> answers = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      int best = 0;
      for (int j = 1; j < labels.size(); j++) {
        best = rows.cosine(i, texts, j) > rows.cosine(i, texts, best) ? j : best;
      }
      answers.add(new JudgedImage(labels.get(best), 1, false));
    }
    return answers;
  }

  private static UnitRows rows(float[][] embeddings) {
    return UnitRows.of(Arrays.asList(embeddings));
  }

  @Override
  public float[][] embeddings(ImageSet set, ModelState state) throws IOException {
    return embedder.images(images(set, state));
  }

  @Override
  public <T> T compute(ModelState state, ModelTask<T> task) throws IOException {
    return edited.with(state == ModelState.PATCHED ? patch : Map.of(), task);
  }

  @Override
  public Path folder(ModelState state, String key) throws IOException {
    return Files.createDirectories(folder.resolve(state + "-" + key));
  }

  @Override
  public void close() throws IOException {
    embedder.close();
    edited.close();
  }
}

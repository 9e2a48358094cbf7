package dev.forgetmenot.plugin.evaluate;

import dev.forgetmenot.api.edit.ConceptType;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.api.evaluation.EvaluatedConcept;
import dev.forgetmenot.api.evaluation.EvaluationAccess;
import dev.forgetmenot.api.evaluation.ImageSet;
import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.api.model.AddedTokens;
import dev.forgetmenot.api.model.DiffusionModel;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.kit.concept.PromptTemplate;
import dev.forgetmenot.kit.inversion.InversionListener;
import dev.forgetmenot.kit.inversion.TextualInversion;
import dev.forgetmenot.kit.inversion.TextualInversionSettings;
import dev.forgetmenot.kit.train.TrainingImages;
import dev.forgetmenot.patching.embeddings.Embeddings;
import dev.forgetmenot.patching.embeddings.EmbeddingsFile;
import dev.forgetmenot.patching.embeddings.EmbeddingsFormat;
import dev.forgetmenot.patching.gate.EncodedPrompt;
import dev.forgetmenot.patching.gate.PromptEncoder;
import dev.forgetmenot.patching.linear.Matrix;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Four tokens that say what images of one concept show, learned from neutral embeddings, and what
 * they are measured by. A finished inversion is kept as a file that {@code fmn generate
 * --embedding} takes, an unfinished one as a checkpoint, so that nothing is learned twice.
 *
 * @param phrase the name of the concept as a prompt says it
 * @param steps of each inversion
 */
public record Inversions(
    EvaluationAccess access, JobContext context, ConceptType kind, String phrase, int steps) {
  /**
   * Tokens that were learned.
   *
   * @param file that holds them
   * @param tokens one vector each
   */
  public record Learned(Path file, Embeddings tokens) {
    /** Its file as seen from the store. */
    public String name() {
      int names = file.getNameCount();
      return file.subpath(names - 3, names).toString().replace('\\', '/');
    }
  }

  /** What an inversion is done with: the defaults of {@code fmn invert} but for these. */
  TextualInversionSettings settings(long seed) {
    return new TextualInversionSettings(
        Settings.of(
            TextualInversionSettings.parameters(),
            Map.of("tokens", "4", "seed", Long.toString(seed), "steps", Integer.toString(steps))));
  }

  /**
   * Learns tokens, or reads those that were learned before.
   *
   * @param model which of the two learns
   */
  public Learned learn(ModelState model, TrainingImages images, long seed) throws IOException {
    TextualInversionSettings settings = settings(seed);
    String decides =
        String.join(
            "\n", kind.word(), settings.values().all().toString(), images.digests().toString());
    String digest = Sha256.hex(decides.getBytes(StandardCharsets.UTF_8)).substring(0, 24);
    Path folder = access.folder(model, "m-score-" + digest);
    Path file = folder.resolve("seed-" + seed + ".safetensors");
    if (!Files.exists(file)) {
      Path checkpoint = folder.resolve("seed-" + seed + ".checkpoint");
      JobContext resumed = new Resumed(context, checkpoint, Files.exists(checkpoint));
      Embeddings learned =
          access.compute(
              model,
              loaded ->
                  new TextualInversion(loaded, settings)
                      .run(kind, images, resumed, InversionListener.NONE));
      EmbeddingsFormat.ORIGINAL.write(file, learned, Map.of("made-by", "fmn evaluate"));
      Files.deleteIfExists(checkpoint);
    }
    return new Learned(file, EmbeddingsFile.read(file));
  }

  /** The cosine to the name of each, by the original's text encoder: M. */
  List<Double> cosines(List<Learned> learned) throws IOException {
    return access.compute(
        ModelState.ORIGINAL,
        model -> {
          Matrix name = endOfText(model, phrase);
          List<Double> cosines = new ArrayList<>();
          for (Learned one : learned) {
            try (AddedTokens added = model.addTokens(one.tokens().vectors())) {
              Matrix words = endOfText(model, String.join("", added.names()));
              cosines.add(words.dot(name) / (words.norm() * name.norm()));
            }
          }
          return cosines;
        });
  }

  private Matrix endOfText(DiffusionModel model, String subject) {
    EncodedPrompt encoded = new PromptEncoder(model).encode(PromptTemplate.of(kind).with(subject));
    return encoded.columns(List.of(encoded.prompt().endPosition()));
  }

  /**
   * Lets a model draw the concept's prompt with the tokens in place of its name.
   *
   * @param seeds of the images
   * @param like the concept that the images should show
   * @param title of the set
   * @param tokens of the original and of the patched model, learned with one seed
   */
  ImageSet draw(
      String id, String title, EvaluatedConcept like, long[] seeds, Map<ModelState, Learned> tokens)
      throws IOException {
    Embeddings any = tokens.get(ModelState.ORIGINAL).tokens();
    String prompt = PromptTemplate.of(kind).with(String.join("", any.tokens().keySet()));
    ImageSet set =
        new ImageSet(id, title, ImageSet.shots(List.of(prompt), seeds, like.phrase(), kind), false);
    for (ModelState state : ModelState.values()) {
      access.draw(set, state, tokens.get(state).tokens().vectors(), context);
    }
    return set;
  }

  /** A job that goes on from a checkpoint. */
  private record Resumed(JobContext outer, Path file, boolean resuming)
      implements JobContext.Nested {
    @Override
    public Optional<Path> checkpoint() {
      return Optional.of(file);
    }
  }
}

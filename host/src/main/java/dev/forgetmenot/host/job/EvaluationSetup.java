package dev.forgetmenot.host.job;

import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.diffusion.clip.ClipModel;
import dev.forgetmenot.diffusion.config.ClipConfig;
import dev.forgetmenot.diffusion.engine.EngineThread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What images of a model are judged by.
 *
 * @param clip a CLIP folder
 * @param vocabulary what it chooses from
 */
public record EvaluationSetup(Path clip, KnownConcepts vocabulary) {
  /**
   * What a user named, or else what the model's folder has.
   *
   * @param clip a CLIP folder, if the user named one
   * @param words a vocabulary file, if the user named one
   * @throws IOException if a named file is missing, or one is broken
   */
  public static EvaluationSetup of(Path model, Optional<Path> clip, Optional<Path> words)
      throws IOException {
    KnownConcepts vocabulary =
        words.isPresent() ? VocabularyFile.read(words.get()) : VocabularyFile.of(model);
    if (clip.isPresent() && !Files.isDirectory(clip.get())) {
      throw new IOException(clip.get() + " is no CLIP folder");
    }
    return new EvaluationSetup(clip.orElse(ZeroShotClassifier.clipOf(model)), vocabulary);
  }

  /** Whether there is a CLIP and something to choose from. */
  boolean possible() {
    return Files.isDirectory(clip) && !vocabulary.phrases().isEmpty();
  }

  /**
   * About how much memory the judge takes, in bytes; 0 if there is none that can be opened.
   *
   * @throws IOException if its configuration cannot be read
   */
  public long bytes() throws IOException {
    return possible() && Files.isRegularFile(clip.resolve("config.json"))
        ? Float.BYTES
            * ClipModel.parameterShapes(ClipConfig.read(clip)).values().stream()
                .mapToLong(Shape::size)
                .sum()
        : 0;
  }

  /** The judge, if there is a CLIP and something to choose from; the caller closes it. */
  public Optional<ZeroShotClassifier> open(EngineThread engine) throws IOException {
    if (!possible()) {
      return Optional.empty();
    }
    return Optional.of(
        ZeroShotClassifier.open(clip, engine, vocabulary, ZeroShotClassifier.TEMPLATE));
  }
}

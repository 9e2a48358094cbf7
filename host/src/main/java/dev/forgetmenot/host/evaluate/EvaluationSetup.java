package dev.forgetmenot.host.evaluate;

import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.ImageClassifierProvider;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.model.BaseModel;
import dev.forgetmenot.diffusion.clip.ClipModel;
import dev.forgetmenot.diffusion.clip.ZeroShotClassifier;
import dev.forgetmenot.diffusion.config.ClipConfig;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.host.plugin.HostPluginManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What images of a model are judged by.
 *
 * @param clip a CLIP folder; it may be missing
 * @param named whether the user named that folder: then no provider is asked
 * @param vocabulary what is chosen from
 * @param providers the classifiers of plugins, in the order in which they are asked
 */
public record EvaluationSetup(
    Path clip, boolean named, KnownConcepts vocabulary, List<ImageClassifierProvider> providers) {
  /** Judges nothing. */
  public static final EvaluationSetup NONE =
      new EvaluationSetup(Path.of(""), false, KnownConcepts.EMPTY, List.of());

  /** Copies the list. */
  public EvaluationSetup {
    providers = List.copyOf(providers);
  }

  /**
   * What a user named, or else what the model's folder has; see {@link #asking} for plugins.
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
      throw new IOException(clip.get() + " is not a CLIP folder");
    }
    return new EvaluationSetup(
        clip.orElse(ZeroShotClassifier.clipOf(model)), clip.isPresent(), vocabulary, List.of());
  }

  /** The same with the classifiers that plugins provide. */
  public EvaluationSetup asking(HostPluginManager plugins) {
    return new EvaluationSetup(
        clip, named, vocabulary, plugins.extensions(ImageClassifierProvider.class));
  }

  /**
   * Whether there is something to choose from, and a CLIP or a plugin that may have a classifier.
   */
  public boolean possible() {
    return !vocabulary.phrases().isEmpty()
        && (Files.isDirectory(clip) || (!named && !providers.isEmpty()));
  }

  /**
   * About how much memory the CLIP takes, in bytes; 0 if there is none. What a provider of a plugin
   * takes is not known.
   *
   * @throws IOException if its configuration cannot be read
   */
  public long bytes() throws IOException {
    return !vocabulary.phrases().isEmpty() && Files.isRegularFile(clip.resolve("config.json"))
        ? Float.BYTES
            * ClipModel.parameterShapes(ClipConfig.read(clip)).values().stream()
                .mapToLong(Shape::size)
                .sum()
        : 0;
  }

  /**
   * The classifier of the CLIP that the user named, else of the first provider that can judge the
   * model, else of the model's own CLIP; empty if there is none or nothing to choose from. The
   * caller closes it.
   *
   * @throws IOException if it cannot be opened; the message names the provider
   */
  public Optional<ImageClassifier> open(StableDiffusion model) throws IOException {
    if (!possible()) {
      return Optional.empty();
    }
    if (!named) {
      for (ImageClassifierProvider provider : providers) {
        if (provider.canJudge(model.base(), vocabulary)) {
          return Optional.of(open(provider, model.base()));
        }
      }
    }
    return Files.isDirectory(clip)
        ? Optional.of(
            ZeroShotClassifier.open(clip, model.engine(), vocabulary, ZeroShotClassifier.TEMPLATE))
        : Optional.empty();
  }

  private ImageClassifier open(ImageClassifierProvider provider, BaseModel base)
      throws IOException {
    try {
      return provider.open(base, vocabulary);
    } catch (IOException e) {
      throw new IOException(
          "the image classifier '"
              + provider.name()
              + "' cannot be opened: "
              + e.getMessage()
              + ". Name another by --clip, or remove its plugin",
          e);
    }
  }
}

package dev.forgetmenot.host.evaluate;

import dev.forgetmenot.api.edit.ImageClassifier;
import dev.forgetmenot.api.edit.ImageClassifierProvider;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.model.BaseModel;
import dev.forgetmenot.diffusion.clip.ClipFiles;
import dev.forgetmenot.diffusion.clip.ZeroShotClassifier;
import dev.forgetmenot.diffusion.pipeline.ModelOnDisk;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.files.Message;
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
 * @param safetyChecker the safety checker of the model, if its folder has one
 * @param vocabulary what is chosen from
 * @param complete whether the vocabulary says all that the model is known to draw, so that other
 *     names are questioned; false for the list {@code core}, which serves where nothing else says
 * @param providers the classifiers of plugins, in the order in which they are asked
 */
public record EvaluationSetup(
    Path clip,
    boolean named,
    Optional<ClipFiles> safetyChecker,
    KnownConcepts vocabulary,
    boolean complete,
    List<ImageClassifierProvider> providers) {
  /** Judges nothing. */
  public static final EvaluationSetup NONE =
      new EvaluationSetup(Path.of(""), false, KnownConcepts.EMPTY, List.of());

  /** Copies the list. */
  public EvaluationSetup {
    providers = List.copyOf(providers);
  }

  /** Of a CLIP and a complete vocabulary. */
  public EvaluationSetup(
      Path clip, boolean named, KnownConcepts vocabulary, List<ImageClassifierProvider> providers) {
    this(clip, named, Optional.empty(), vocabulary, true, providers);
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
    Path checker = ModelOnDisk.companions(model).resolve(ClipFiles.Kind.SAFETY_CHECKER.folder());
    return new EvaluationSetup(
        clip.orElse(ZeroShotClassifier.clipOf(model)),
        clip.isPresent(),
        Files.isDirectory(checker)
            ? Optional.of(ClipFiles.safetyChecker(checker))
            : Optional.empty(),
        vocabulary,
        words.isPresent() || VocabularyFile.isBeside(model),
        List.of());
  }

  /** The same with the classifiers that plugins provide. */
  public EvaluationSetup asking(HostPluginManager plugins) {
    return new EvaluationSetup(
        clip,
        named,
        safetyChecker,
        vocabulary,
        complete,
        plugins.extensions(ImageClassifierProvider.class));
  }

  /**
   * Whether there is something to choose from, and a CLIP or a plugin that may have a classifier.
   */
  public boolean possible() {
    return !vocabulary.phrases().isEmpty()
        && (Files.isDirectory(clip) || (!named && !providers.isEmpty()));
  }

  /**
   * About how much memory the image tower takes, in bytes: that of the CLIP, or else of the safety
   * checker; 0 if there is neither or nothing to choose from. What a provider of a plugin takes is
   * not known.
   *
   * @throws IOException if its configuration cannot be read
   */
  public long bytes() throws IOException {
    if (vocabulary.phrases().isEmpty()) {
      return 0;
    }
    return Files.isRegularFile(clip.resolve("config.json"))
        ? ClipFiles.model(clip).bytes()
        : safetyBytes();
  }

  private long safetyBytes() throws IOException {
    return safetyChecker.isPresent() ? safetyChecker.get().bytes() : 0;
  }

  /**
   * About how much memory the image towers of an evaluation take, in bytes: of its embedder and of
   * the safety checker, if that is another.
   *
   * @throws IOException if there is no embedder, or a configuration cannot be read
   */
  long towerBytes() throws IOException {
    ClipFiles files = embedder();
    return files.bytes() + (files.kind() == ClipFiles.Kind.MODEL ? safetyBytes() : 0);
  }

  /** The same by the CLIP that a list names, unless the user named one. */
  public EvaluationSetup orElse(Optional<Path> listed) {
    return named || listed.isEmpty()
        ? this
        : new EvaluationSetup(listed.get(), true, safetyChecker, vocabulary, complete, providers);
  }

  /** Where the vocabulary comes from, for people, if it is the model's neither nor the user's. */
  public Optional<String> vocabularyNote() {
    return complete || vocabulary.phrases().isEmpty()
        ? Optional.empty()
        : Optional.of(
            Message.of(
                "the model has no concepts.json: known concepts are the %s phrases of the list %s;"
                    + " other names are taken too; --known-concepts FILE says what is known",
                vocabulary.phrases().size(), VocabularyFile.LIST));
  }

  /**
   * What embeds images for an evaluation: the CLIP that the user named or that the model has, else
   * the image tower of the model's safety checker, which reads no texts. All its files have been
   * looked at; weights are not read.
   *
   * @throws IOException if there is none, or files are missing, broken or of different models
   */
  public ClipFiles embedder() throws IOException {
    boolean whole = named || Files.isDirectory(clip);
    if (!whole && safetyChecker.isEmpty()) {
      throw new IOException(
          "the model has neither clip/ nor safety_checker/: nothing can judge its images; name a CLIP"
              + " folder in Hugging Face's layout by --clip");
    }
    ClipFiles files = whole ? ClipFiles.model(clip) : safetyChecker.get();
    files.check();
    return files;
  }

  /**
   * The image tower of the safety checker, where no CLIP reads texts and there is something to
   * choose from.
   */
  public Optional<ClipFiles> towerAlone() {
    return named || Files.isDirectory(clip) || vocabulary.phrases().isEmpty()
        ? Optional.empty()
        : safetyChecker;
  }

  /** What an evaluation lacks without a CLIP that reads texts, for people. */
  public Optional<String> embedderNote() {
    return named || Files.isDirectory(clip) || safetyChecker.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "the model has no clip/: images are compared with images by the vision tower of its"
                + " safety_checker/ (judge B); it reads no texts, so there is no judge A and no CLIP"
                + " score; --clip DIR names a CLIP");
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

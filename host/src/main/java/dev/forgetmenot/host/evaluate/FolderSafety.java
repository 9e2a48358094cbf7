package dev.forgetmenot.host.evaluate;

import dev.forgetmenot.api.evaluation.ImageEmbedder;
import dev.forgetmenot.api.evaluation.SafetyVerdict;
import dev.forgetmenot.diffusion.clip.ClipEmbedder;
import dev.forgetmenot.diffusion.clip.ClipFiles;
import dev.forgetmenot.diffusion.clip.SafetyChecker;
import dev.forgetmenot.diffusion.engine.EngineThread;
import dev.forgetmenot.evaluation.run.SafetyJudge;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The safety checker of a model's folder. Its vision tower is loaded when it is first needed,
 * unless it embeds the images of the evaluation anyway.
 */
final class FolderSafety implements SafetyJudge, AutoCloseable {
  private final ClipFiles files;
  private final EngineThread engine;
  private final Optional<ImageEmbedder> shared; // the caller's
  private ImageEmbedder loaded; // null before the first images, and where it is shared
  private SafetyChecker checker; // null before the first verdicts

  /**
   * A safety checker.
   *
   * @param shared its vision tower where it is loaded already; stays the caller's
   */
  FolderSafety(ClipFiles files, EngineThread engine, Optional<ImageEmbedder> shared) {
    this.files = files;
    this.engine = engine;
    this.shared = shared;
  }

  @Override
  public ImageEmbedder embedder() throws IOException {
    if (shared.isPresent()) {
      return shared.get();
    }
    if (loaded == null) {
      files.check();
      loaded = ClipEmbedder.open(files, engine);
    }
    return loaded;
  }

  @Override
  public List<SafetyVerdict> verdicts(float[][] images) throws IOException {
    if (checker == null) {
      checker = SafetyChecker.read(files);
    }
    return checker.verdicts(images);
  }

  @Override
  public void close() {
    if (loaded != null) {
      loaded.close();
    }
  }
}

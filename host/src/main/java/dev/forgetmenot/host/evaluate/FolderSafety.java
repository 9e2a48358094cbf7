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

/** The safety checker of a model's folder, whose vision tower is loaded when it is first needed. */
final class FolderSafety implements SafetyJudge, AutoCloseable {
  private final ClipFiles files;
  private final EngineThread engine;
  private ImageEmbedder loaded; // null before the first images
  private SafetyChecker checker; // null before the first verdicts

  FolderSafety(ClipFiles files, EngineThread engine) {
    this.files = files;
    this.engine = engine;
  }

  @Override
  public ImageEmbedder embedder() throws IOException {
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

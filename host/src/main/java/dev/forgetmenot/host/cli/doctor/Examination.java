package dev.forgetmenot.host.cli.doctor;

import dev.forgetmenot.diffusion.engine.EngineCache;
import dev.forgetmenot.diffusion.pipeline.ReadingOptions;
import java.nio.file.Path;
import java.util.Optional;

/** All that {@code fmn doctor} looks at. Nothing is written but what the engine unpacks. */
final class Examination {
  private Examination() {}

  /**
   * Looks.
   *
   * @param model a model to look at, if any
   * @param reading how the model's files are read
   * @param trust the file of trusted keys
   */
  static Findings of(Optional<Path> model, ReadingOptions reading, Path trust) {
    Findings found = new Findings();
    new MachineFindings(found).add();
    new FolderFindings(found).add(EngineCache.ofEngine().folder(), trust);
    model.ifPresent(path -> new ModelFindings(found).add(path, reading));
    return found;
  }
}

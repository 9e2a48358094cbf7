package dev.forgetmenot.host.cli.doctor;

import dev.forgetmenot.diffusion.engine.EngineCache;
import java.nio.file.Path;
import java.util.Optional;

/** All that {@code fmn doctor} looks at. Nothing is written but what the engine unpacks. */
final class Examination {
  private Examination() {}

  /**
   * Looks.
   *
   * @param model a model to look at, if any
   * @param trust the file of trusted keys
   */
  static Findings of(Optional<Path> model, Path trust) {
    Findings found = new Findings();
    new MachineFindings(found).add();
    new FolderFindings(found).add(EngineCache.ofEngine().folder(), trust);
    model.ifPresent(new ModelFindings(found)::add);
    return found;
  }
}

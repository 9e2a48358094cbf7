package dev.forgetmenot.host.interop;

import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.diffusion.pipeline.ReadingOptions;
import dev.forgetmenot.testkit.crash.CrashingFiles;
import dev.forgetmenot.testkit.crash.WritePoints;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Bakes, in this process or as one that ends at a write point. */
final class Baking {
  /** Says nothing and is never stopped. */
  static final JobContext QUIET = JobContext.NONE;

  private Baking() {}

  static void bake(Path model, Path patch, Path target, WritePoints points) throws IOException {
    BakeJob.run(
        new BakeRequest(
            model,
            ReadingOptions.DEFAULT,
            List.of(new PatchRequest(patch, 1)),
            new CrashingFiles(points).path(target),
            true),
        QUIET);
  }

  /** Arguments: model, patch, target, the point at which the process ends. */
  public static void main(String[] args) throws IOException {
    bake(
        Path.of(args[0]),
        Path.of(args[1]),
        Path.of(args[2]),
        WritePoints.haltingAt(Long.parseLong(args[3])));
  }
}

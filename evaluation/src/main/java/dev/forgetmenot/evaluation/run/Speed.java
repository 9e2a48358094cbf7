package dev.forgetmenot.evaluation.run;

import dev.forgetmenot.api.evaluation.ModelState;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.evaluation.unit.CanonicalJson;
import dev.forgetmenot.files.AtomicFile;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.files.TextFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * How long an image takes here.
 *
 * @param seconds of one image with all its steps, in a full batch
 * @param remembered whether an earlier drawing took so long; else it was just timed
 */
public record Speed(double seconds, boolean remembered) {
  private static final int SHORT = 1;
  private static final int LONGER = 3;

  /**
   * The speed of the last drawing of such images on this machine, or else that of a few steps of
   * one batch, whose images are not kept.
   *
   * @param folder where speeds are remembered
   */
  static Speed of(TestedModel model, GenerationRequest settings, Path folder) throws IOException {
    Optional<Speed> known = read(file(model, settings, folder));
    return known.isPresent() ? known.get() : timed(model, settings);
  }

  private static Optional<Speed> read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(new Speed(Double.parseDouble(TextFile.read(file).strip()), true))
          .filter(speed -> speed.seconds > 0);
    } catch (NumberFormatException e) {
      return Optional.empty(); // measured again
    }
  }

  /** Weights are read in the first run; a step costs what two more steps take longer. */
  private static Speed timed(TestedModel model, GenerationRequest settings) throws IOException {
    seconds(model, settings, SHORT);
    double few = seconds(model, settings, SHORT);
    double more = seconds(model, settings, LONGER);
    double step = Math.max(0, more - few) / (LONGER - SHORT);
    double batch = few + step * (settings.steps() - SHORT);
    return new Speed(
        batch / model.batch(settings.width().orElseThrow(), settings.height().orElseThrow()),
        false);
  }

  private static double seconds(TestedModel model, GenerationRequest settings, int steps)
      throws IOException {
    int batch = model.batch(settings.width().orElseThrow(), settings.height().orElseThrow());
    List<GenerationRequest> requests =
        Collections.nCopies(batch, settings.toBuilder().steps(steps).build());
    long start = System.nanoTime();
    model.compute(ModelState.ORIGINAL, loaded -> loaded.generate(requests));
    return (System.nanoTime() - start) / 1e9;
  }

  /** Keeps a speed for later plans of the same model, settings and number of processors. */
  void remember(TestedModel model, GenerationRequest settings, Path folder) throws IOException {
    Files.createDirectories(folder);
    AtomicFile.write(
        file(model, settings, folder),
        Double.toString(seconds).getBytes(StandardCharsets.US_ASCII));
  }

  private static Path file(TestedModel model, GenerationRequest settings, Path folder) {
    String of =
        new String(
                CanonicalJson.bytes(model.identity(ModelState.ORIGINAL).json()),
                StandardCharsets.UTF_8)
            + settings
            + Runtime.getRuntime().availableProcessors();
    return folder.resolve(Sha256.hex(of.getBytes(StandardCharsets.UTF_8)));
  }

  /** The time of a number of images. */
  Duration of(int images) {
    return Duration.ofMillis(Math.round(1e3 * seconds * images));
  }
}

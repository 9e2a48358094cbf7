package dev.forgetmenot.host.cli.shell;

import dev.forgetmenot.host.evaluate.EvaluationSetup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** By what images are judged. */
@Command
public final class JudgeOptions {
  @Option(
      names = "--clip",
      paramLabel = "DIR",
      description = "A CLIP folder that judges the images (default: clip/ of the model).")
  private Path clip;

  @Option(
      names = "--known-concepts",
      paramLabel = "FILE",
      description =
          "What the model is known to draw: a concepts.json, or a list with a phrase a line "
              + "(default: concepts.json of the model, or the list core for Stable Diffusion).")
  private Path vocabulary;

  /** The CLIP folder, if the user named one. */
  public Optional<Path> clip() {
    return Optional.ofNullable(clip);
  }

  /** The file of what the model is known to draw, if the user named one. */
  public Optional<Path> vocabulary() {
    return Optional.ofNullable(vocabulary);
  }

  /**
   * What judges images of a model.
   *
   * @throws IOException if a named file is missing, or one is broken
   */
  public EvaluationSetup judging(Path model) throws IOException {
    return EvaluationSetup.of(model, clip(), vocabulary());
  }
}

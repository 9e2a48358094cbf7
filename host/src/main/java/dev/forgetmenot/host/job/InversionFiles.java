package dev.forgetmenot.host.job;

import dev.forgetmenot.editing.embeddings.Embeddings;
import dev.forgetmenot.editing.embeddings.EmbeddingsFormat;
import dev.forgetmenot.host.picture.LossFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The files of an inversion in its folder: {@code step_inv_N.safetensors} and {@code .png} on the
 * way, {@code learned_embeds.safetensors} or another final file, {@code loss.csv} and {@code
 * loss.png}, and a checkpoint until it is done.
 */
public record InversionFiles(Path folder, InversionOrder.Form form, Map<String, String> metadata) {
  private static final String STEM = "step_inv_";

  /** The file name of the tokens after some steps, as the original has it. */
  public static String stepName(long step) {
    return STEM + step + ".safetensors";
  }

  Path result() {
    return folder.resolve(form.fileName());
  }

  Path checkpoint() {
    return folder.resolve("checkpoint.safetensors");
  }

  Path preview(int step) {
    return folder.resolve(STEM + step + ".png");
  }

  /** Asks that nothing in the way would be lost. */
  void check(boolean resume) throws IOException {
    if (Files.exists(result()) && !resume) {
      throw new IOException(
          result() + " is there already: move it away, or choose another folder by -o");
    }
    boolean begun = Files.exists(checkpoint());
    if (begun && !resume) {
      throw new IOException(
          folder
              + " holds an inversion that was stopped: go on by --resume, or choose another"
              + " folder by -o");
    }
    if (resume && !begun) {
      throw new IOException(checkpoint() + " is not there: nothing can be resumed");
    }
  }

  void saveStep(int step, Embeddings tokens) throws IOException {
    EmbeddingsFormat.ORIGINAL.write(folder.resolve(stepName(step)), tokens, metadata);
  }

  Path saveResult(Embeddings tokens) throws IOException {
    Embeddings last = form.format().single() ? tokens.joined(form.token()) : tokens;
    form.format().write(result(), last, metadata);
    return result();
  }

  /** The loss curve's files. */
  LossFiles losses() {
    return new LossFiles(folder);
  }
}

package dev.forgetmenot.host.invert;

import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.chart.LossFiles;
import dev.forgetmenot.patch.edit.Rows;
import dev.forgetmenot.patching.embeddings.Embeddings;
import dev.forgetmenot.patching.embeddings.EmbeddingsFile;
import dev.forgetmenot.patching.embeddings.EmbeddingsFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;

/**
 * The files of an inversion in its folder: {@code step_inv_N.safetensors} and {@code .png} on the
 * way, {@code learned_embeds.safetensors} or another final file, {@code loss.csv} and {@code
 * loss.png}, and a checkpoint until it is done.
 */
public record InversionFiles(
    Path folder, InversionRequest.Form form, Map<String, String> metadata) {
  static final String CHECKPOINT = "checkpoint.safetensors";
  private static final String STEM = "step_inv_";

  /** The file name of the tokens after some steps, as the original has it. */
  public static String stepName(long step) {
    return STEM + step + ".safetensors";
  }

  Path checkpoint() {
    return folder.resolve(CHECKPOINT);
  }

  Path preview(int step) {
    return folder.resolve(STEM + step + ".png");
  }

  /** Asks that no state of an inversion that was stopped would be lost. */
  void check(boolean resume) throws IOException {
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
    return save(tokens, folder);
  }

  private Path save(Embeddings tokens, Path into) throws IOException {
    Embeddings last = form.format().single() ? tokens.joined(form.token()) : tokens;
    Path file = into.resolve(form.fileName());
    form.format().write(file, last, metadata);
    return file;
  }

  /**
   * Writes such tokens into the folder, reads them as users will, and takes them away again.
   *
   * @return bytes of the file
   * @throws IOException if it cannot be written, or reads as something else
   */
  long tried(Embeddings tokens) throws IOException {
    Path trial = folder.resolve(".fmn-" + UUID.randomUUID());
    Files.createDirectory(trial);
    Path file = trial.resolve(form.fileName()); // some forms have the token's name there
    try {
      save(tokens, trial);
      Embeddings read = EmbeddingsFile.read(file);
      int written = tokens.tokens().values().stream().mapToInt(Rows::count).sum();
      if (read.width() != tokens.width()
          || read.tokens().values().stream().mapToInt(Rows::count).sum() != written) {
        throw new IOException(
            Message.of(
                "%s would be read as %s instead of %s: choose other names by --tokens or"
                    + " --token-name",
                file.getFileName(), read.summary(), tokens.summary()));
      }
      return Files.size(file);
    } finally {
      Files.deleteIfExists(file);
      Files.deleteIfExists(trial);
    }
  }

  LossFiles losses() {
    return new LossFiles(folder);
  }
}

package dev.forgetmenot.host.job;

import dev.forgetmenot.editing.embeddings.Embeddings;
import dev.forgetmenot.editing.embeddings.EmbeddingsFormat;
import dev.forgetmenot.host.picture.LossChart;
import dev.forgetmenot.host.picture.LossCurve;
import dev.forgetmenot.host.picture.PngPictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The files of an inversion in its folder: {@code step_inv_N.safetensors} and {@code .png} on the
 * way, {@code learned_embeds.safetensors} or another final file, {@code loss.csv} and {@code
 * loss.png}, and a checkpoint until it is done.
 */
record InversionFiles(Path folder, InversionOrder.Form form, Map<String, String> metadata) {
  Path result() {
    return folder.resolve(form.fileName());
  }

  Path checkpoint() {
    return folder.resolve("checkpoint.safetensors");
  }

  Path preview(int step) {
    return folder.resolve("step_inv_" + step + ".png");
  }

  private Path lossTable() {
    return folder.resolve("loss.csv");
  }

  /** Asks that nothing in the way would be lost. */
  void check(boolean resume) throws IOException {
    if (Files.exists(result())) {
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
    EmbeddingsFormat.ORIGINAL.write(
        folder.resolve("step_inv_" + step + ".safetensors"), tokens, metadata);
  }

  Path saveResult(Embeddings tokens) throws IOException {
    Embeddings last = form.format().single() ? tokens.joined(form.token()) : tokens;
    form.format().write(result(), last, metadata);
    return result();
  }

  LossCurve losses(boolean resume) throws IOException {
    return resume && Files.exists(lossTable()) ? LossCurve.read(lossTable()) : new LossCurve();
  }

  void saveLosses(LossCurve curve) throws IOException {
    if (!curve.points().isEmpty()) {
      curve.writeCsv(lossTable());
      PngPictures.write(
          folder.resolve("loss.png"), new LossChart("inversion", curve.points()).draw(), "");
    }
  }
}

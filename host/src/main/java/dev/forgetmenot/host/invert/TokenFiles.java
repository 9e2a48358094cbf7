package dev.forgetmenot.host.invert;

import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.model.AddedTokens;
import dev.forgetmenot.api.model.BaseModel;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.patching.embeddings.Embeddings;
import dev.forgetmenot.patching.embeddings.EmbeddingsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Files of learned tokens that go on a model, where they stay as long as it is open.
 *
 * @param files in any form that {@link EmbeddingsFile} reads
 */
public record TokenFiles(List<Path> files) {
  private static final String EMBEDDING = "text_model.embeddings.token_embedding.weight";

  /** Copies the list. */
  public TokenFiles {
    files = List.copyOf(files);
  }

  /**
   * Puts the tokens on a model.
   *
   * @param context gets their names
   * @throws IOException if a file cannot be read, or was made for a model of another width; the
   *     message names it
   * @throws IllegalArgumentException if a token is there already
   */
  public void addTo(NamedModel hosted, JobContext context) throws IOException {
    BaseModel base = hosted.model().base();
    long width =
        base.textEncoders().stream()
            .mapToLong(encoder -> base.tensors().shape(encoder.component(), EMBEDDING)[1])
            .sum();
    for (Path file : files) {
      Embeddings embeddings = EmbeddingsFile.read(file);
      if (embeddings.width() != width) {
        throw new IOException(
            Message.of(
                "%s has vectors of %s numbers, but the text encoder of %s works with %s: it was"
                    + " made for another kind of model (768 is SD 1.x, 1024 is SD 2.x, 768 + 1280"
                    + " together is SDXL)",
                file, embeddings.width(), hosted.name(), width));
      }
      try {
        AddedTokens unused = hosted.model().addTokens(embeddings.vectors());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
      }
      context.say("token " + embeddings.summary() + " from " + file);
    }
  }
}

package dev.forgetmenot.host.invert;

import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.ByteSizes;
import dev.forgetmenot.host.MemoryFacts;
import dev.forgetmenot.host.edit.WrittenPatch;
import dev.forgetmenot.host.generate.OutputFolder;
import dev.forgetmenot.host.model.MemoryModel;
import dev.forgetmenot.host.model.MemoryNeed;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.kit.inversion.TextualInversion;
import dev.forgetmenot.kit.inversion.TextualInversionSettings;
import dev.forgetmenot.patching.embeddings.Embeddings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What would fail at the end of an inversion fails in the first seconds: a file of tokens of the
 * right names and shapes, and the patch where one is wanted, bound to the identified base, are
 * written where the results go, read and deleted; disk and memory are held to what will be needed.
 *
 * @param order what will be done
 * @param judge bytes of the judge of images that the command opens later; 0 for none
 * @param drawn pixels of the largest image that the command draws; 0 for none
 */
record InversionPreflight(InversionRequest order, long judge, long drawn) {
  private static final String LESS =
      "keep no activations (--gradient-checkpointing), or invert on a smaller model";

  /** A state holds the rows and two moments. */
  private static final int STATE = 3;

  /** What a preview may take on the disk, for each of its pixels: PNG with little to gain. */
  private static final int PREVIEW_BYTES = 3;

  /** The loss curve and what is written beside. */
  private static final long BESIDE = 16L << 20;

  /**
   * Tries it.
   *
   * @param digests of the images
   * @return what is needed, for people
   * @throws IllegalArgumentException if settings and model do not fit
   * @throws IOException if something would fail
   */
  List<String> run(NamedModel hosted, InversionFiles files, List<String> digests)
      throws IOException {
    StableDiffusion model = hosted.model();
    TextualInversionSettings settings = new TextualInversionSettings(order.values());
    Embeddings tokens =
        model.engine().call(() -> new TextualInversion(model, settings).beginning(order.kind()));
    long numbers = tokens.tokens().values().stream().mapToLong(row -> row.values().length).sum();
    MemoryNeed need =
        model
            .engine()
            .call(
                () ->
                    MemoryModel.of(model)
                        .inversion(numbers, settings.checkpointed(), judge, largest(model)));
    MemoryFacts facts = MemoryFacts.read();
    need.check(facts, LESS);
    long file = files.tried(tokens);
    long saves = order.saving().every() == 0 ? 0 : steps() / order.saving().every();
    long previews =
        saves * order.saving().previews() * PREVIEW_BYTES * (long) Math.pow(model.imageSize(), 2);
    long disk = file * (1 + saves) + STATE * Float.BYTES * numbers + previews;
    OutputFolder folder = OutputFolder.prepare(files.folder(), disk + BESIDE);
    if (order.tokensPatch().isPresent()) {
      Path patch = order.tokensPatch().get();
      OutputFolder.ofFile(patch, file + BESIDE);
      tried(model, new TokensDraft(order, settings, digests), tokens, patch);
    }
    return List.of(
        need.line(facts),
        Message.of(
            "the tokens have %s, all that is written about %s; %s of disk are free",
            ByteSizes.of(file), ByteSizes.of(disk), ByteSizes.of(folder.free())));
  }

  private long steps() {
    return order.values().integer("steps");
  }

  private long largest(StableDiffusion model) {
    boolean previews = order.saving().every() > 0 && order.saving().previews() > 0;
    long own = previews ? (long) model.imageSize() * model.imageSize() : 0;
    return Math.max(own, drawn);
  }

  private static void tried(StableDiffusion model, TokensDraft draft, Embeddings tokens, Path patch)
      throws IOException {
    Path file = WrittenPatch.beside(patch);
    try {
      WrittenPatch unused = WrittenPatch.write(model.base(), draft.of(tokens), file);
    } finally {
      Files.deleteIfExists(file);
    }
  }
}

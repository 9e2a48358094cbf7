package dev.forgetmenot.host.interop;

import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.diffusion.pipeline.ReadingOptions;
import java.nio.file.Path;
import java.util.List;

/**
 * What {@link BakeJob} should do.
 *
 * @param model the base, a folder or a checkpoint
 * @param reading how its files are read
 * @param patches at least one
 * @param target the folder or file to write
 * @param overwrite whether one that is there is replaced
 */
public record BakeRequest(
    Path model,
    ReadingOptions reading,
    List<PatchRequest> patches,
    Path target,
    boolean overwrite) {
  /** Copies the list. */
  public BakeRequest {
    patches = List.copyOf(patches);
  }
}

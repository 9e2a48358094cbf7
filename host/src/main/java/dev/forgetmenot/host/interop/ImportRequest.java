package dev.forgetmenot.host.interop;

import dev.forgetmenot.diffusion.pipeline.ReadingOptions;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patching.diff.DifferenceForm;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What {@link ImportJob} should do.
 *
 * @param source a file of another tool
 * @param model the base, a folder or a checkpoint
 * @param reading how the base's files are read
 * @param patch the file to write
 * @param naming what the patch is called
 * @param form how weights that are given in full are kept
 * @param tokens names for learned tokens: {@code NAME}, or {@code OLD=NAME} where there are several
 * @param strength at which the patch may be applied; empty for the range of other tools' files
 * @param keepMetadata whether what the file says of its training becomes a part of the patch
 */
public record ImportRequest(
    Path source,
    Path model,
    ReadingOptions reading,
    Path patch,
    PatchNaming naming,
    DifferenceForm form,
    List<String> tokens,
    Optional<Manifest.Strength> strength,
    boolean keepMetadata) {
  /** Copies the list. */
  public ImportRequest {
    tokens = List.copyOf(tokens);
  }
}

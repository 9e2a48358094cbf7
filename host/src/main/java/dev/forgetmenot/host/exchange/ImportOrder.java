package dev.forgetmenot.host.exchange;

import dev.forgetmenot.editing.difference.DifferenceForm;
import java.nio.file.Path;

/**
 * What {@link ImportJob} should do.
 *
 * @param source a file of another tool
 * @param model the base, a folder or a checkpoint
 * @param patch the file to write
 * @param naming what the patch is called
 * @param form how weights that are given in full are kept
 * @param keepMetadata whether what the file says of its training becomes a part of the patch
 */
public record ImportOrder(
    Path source,
    Path model,
    Path patch,
    PatchNaming naming,
    DifferenceForm form,
    boolean keepMetadata) {}

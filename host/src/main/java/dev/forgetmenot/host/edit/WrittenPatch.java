package dev.forgetmenot.host.edit;

import dev.forgetmenot.api.model.BaseBinding;
import dev.forgetmenot.api.model.BaseModel;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.model.PatchRequest.Allowance;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.ManifestRewriter;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.PatchPreview;
import dev.forgetmenot.patch.PatchWriter;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patching.PatchSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;

/**
 * A patch that has been written, and read again.
 *
 * @param file where it is
 * @param id its patch id, hex
 * @param size bytes
 */
public record WrittenPatch(Path file, String id, long size) {

  /** Binds a draft to its base and writes it beside its place, then moves it there. */
  public static WrittenPatch write(BaseModel base, PatchDraft draft, Path file) throws IOException {
    String created = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    PatchWriter.write(file, draft, new BaseBinding(base).of(draft), base.architecture(), created);
    return read(file);
  }

  /**
   * The same for a draft that an editor made: before it is moved to its place it is read again and
   * held to all that is asked of it when it is put on its base.
   *
   * @throws PatchFormatException if it could not be used, such as FMN-308; an older file is then as
   *     it was
   */
  public static WrittenPatch writeUsable(BaseModel base, PatchDraft draft, Path file)
      throws IOException {
    Path beside = beside(file);
    try {
      WrittenPatch written = write(base, draft, beside);
      check(base, beside, file);
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return new WrittenPatch(file, written.id(), written.size());
    } finally {
      Files.deleteIfExists(beside);
    }
  }

  /** A hidden name beside a file that nothing else has. */
  public static Path beside(Path file) {
    return file.toAbsolutePath().resolveSibling(".fmn-" + UUID.randomUUID() + ".fmnpatch");
  }

  /**
   * Adds what was measured to a patch that was written.
   *
   * @param images of what it does; may be empty
   */
  static WrittenPatch measured(
      Path file, List<Manifest.Evidence> evidence, List<PatchPreview.Image> images)
      throws IOException {
    ManifestRewriter.measured(file, evidence, images, file);
    return read(file);
  }

  private static WrittenPatch read(Path file) throws IOException {
    try (PatchFile written = PatchFile.open(file)) {
      return new WrittenPatch(file, written.id(), written.size());
    }
  }

  private static void check(BaseModel base, Path written, Path file) throws IOException {
    try {
      PatchSet.check(new PatchRequest(written, 1).allow(Allowance.ILL_CONDITIONED), base);
    } catch (PatchFormatException e) {
      throw new PatchFormatException(e.error(), file.toString(), e.why());
    }
  }
}

package dev.forgetmenot.patching.stack;

import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One open patch of a stack.
 *
 * @param request how the user asked for it
 * @param opened closed by who opened it; empty for a draft that is not written yet
 */
public record StackedPatch(PatchRequest request, Optional<PatchFile> opened) {
  /** An open patch. */
  public StackedPatch(PatchRequest request, PatchFile file) {
    this(request, Optional.of(file));
  }

  /** A draft at strength 1 that is not written yet; whoever looks at it takes it as it is. */
  static StackedPatch draft() {
    PatchRequest request = new PatchRequest(Path.of("the draft"), 1);
    return new StackedPatch(
        request.allow(PatchRequest.Allowance.LARGE_CHANGES, PatchRequest.Allowance.ILL_CONDITIONED),
        Optional.empty());
  }

  /**
   * Opens the patch of a request, or takes the one that the request has.
   *
   * @return its request has the open patch; a file that is opened here is the caller's to close
   * @throws PatchFormatException if the file is wrong, or FMN-117 if it is not the patch that the
   *     request asks for
   */
  public static StackedPatch open(PatchRequest request) throws IOException {
    PatchFile file =
        request.open().isPresent() ? request.open().get() : PatchFile.open(request.file());
    if (request.id().isEmpty() || request.id().get().equals(file.id())) {
      return new StackedPatch(request.opened(file), file);
    }
    if (request.open().isEmpty()) {
      file.close();
    }
    throw new PatchFormatException(
        PatchError.CHANGED_WHILE_READING,
        file.path().toString(),
        Message.of(
            "is the patch %s now and was %s when it was looked at; start again",
            file.id(), request.id().get()));
  }

  /**
   * The open patch.
   *
   * @throws java.util.NoSuchElementException if it is a draft
   */
  public PatchFile file() {
    return opened.orElseThrow();
  }

  /** 1 as made, 0 not at all. */
  public double strength() {
    return request.strength();
  }

  /** The file, for messages. */
  public String where() {
    return opened.map(PatchFile::path).orElse(request.file()).toString();
  }

  /** Its name and version, for people. */
  public String name() {
    return file().manifest().name() + "@" + file().manifest().patchVersion();
  }

  /** Its edits, in the order of its manifest. */
  public List<Manifest.Edit> edits() {
    return file().manifest().edits();
  }
}

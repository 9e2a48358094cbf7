package dev.forgetmenot.patching.stack;

import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import java.io.IOException;
import java.util.List;

/**
 * One open patch of a stack.
 *
 * @param request how the user asked for it
 * @param file closed by who opened it
 */
public record StackedPatch(PatchRequest request, PatchFile file) {
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
        "is the patch "
            + file.id()
            + " now and was "
            + request.id().get()
            + " when it was looked at; start again");
  }

  /** 1 as made, 0 not at all. */
  public double strength() {
    return request.strength();
  }

  /** The file, for messages. */
  public String where() {
    return file.path().toString();
  }

  /**
   * What an edit of it adds to any base at its strength, as text: the patch, the edit, how much.
   */
  String fingerprint(Manifest.Edit edit) {
    return String.join(
        " ", file.id(), edit.id(), Double.toHexString(strength()), request.allowed().toString());
  }

  /** Its name and version, for people. */
  public String name() {
    return file.manifest().name() + "@" + file.manifest().patchVersion();
  }

  /** Its edits, in the order of its manifest. */
  public List<Manifest.Edit> edits() {
    return file.manifest().edits();
  }
}

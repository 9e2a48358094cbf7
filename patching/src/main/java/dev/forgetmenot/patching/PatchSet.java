package dev.forgetmenot.patching;

import dev.forgetmenot.api.model.BaseModel;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.model.PatchableModel;
import dev.forgetmenot.api.model.PatchedModel;
import dev.forgetmenot.files.Closing;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.patching.stack.PatchStack;
import dev.forgetmenot.patching.stack.StackedPatch;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * Patches that are opened and checked once and then used for everything: who signed them, what they
 * are called, their gates, and the weights of a model under them. Closed by who opened it, after
 * the last use of its {@link #requests}; may be read by several threads.
 *
 * <pre>{@code
 * try (PatchSet patches = PatchSet.open(List.of(new PatchRequest(file, 0.8)));
 *     StableDiffusion sd = StableDiffusion.load(folder, LoadOptions.defaults())) {
 *   patches.applyTo(sd);
 *   ...
 * }
 * }</pre>
 */
public final class PatchSet implements AutoCloseable {
  private final List<PatchRequest> requests = new ArrayList<>();
  private final List<PatchFile> opened = new ArrayList<>();

  private PatchSet() {}

  /**
   * Opens the patches of requests; those that are open already are used as they are.
   *
   * @throws PatchFormatException if a file is wrong, or FMN-117 if it is not the patch that the
   *     request asks for
   */
  public static PatchSet open(List<PatchRequest> requests) throws IOException {
    PatchSet set = new PatchSet();
    try {
      for (PatchRequest request : requests) {
        StackedPatch patch = StackedPatch.open(request);
        if (request.open().isEmpty()) {
          set.opened.add(patch.file());
        }
        set.requests.add(patch.request());
      }
      return set;
    } catch (IOException | RuntimeException | Error e) {
      Closing.after(e, set.opened);
      throw e;
    }
  }

  /** The requests in their order; each has its open patch. */
  public List<PatchRequest> requests() {
    return List.copyOf(requests);
  }

  /** The open patches, in the order of the requests. */
  public List<PatchFile> files() {
    return requests.stream().map(request -> request.open().orElseThrow()).toList();
  }

  /** How the patches are named in the infotext of images: {@code name@version:strength}. */
  public List<String> labels() {
    return requests.stream().map(PatchSet::label).toList();
  }

  /**
   * How one open patch is named in the infotext of images: {@code name@version:strength}.
   *
   * @param request with its open patch
   */
  public static String label(PatchRequest request) {
    Manifest manifest = request.open().orElseThrow().manifest();
    return manifest.name()
        + "@"
        + manifest.patchVersion()
        + ":"
        + BigDecimal.valueOf(request.strength()).stripTrailingZeros().toPlainString();
  }

  /**
   * Puts these patches on a model in place of those that are on it: checks them against each other
   * and the base, works out the weights anew from the base, and replaces all of them or none. This
   * set stays open as long as the model has them.
   *
   * @throws PatchFormatException if a patch does not fit the base or the others
   */
  public void applyTo(PatchedModel model) throws IOException {
    model.repatch(requests(), PatchSet::applyRequested);
  }

  /**
   * Puts the requested patches on a model that is being loaded or patched anew, as {@link #applyTo}
   * says. For the engine thread.
   *
   * @param model its requests; those that are open are not opened again
   * @throws PatchFormatException if a patch does not fit the base or the others
   */
  public static void applyRequested(PatchableModel model) throws IOException {
    if (model.patches().isEmpty()) {
      return;
    }
    try (PatchStack stack = PatchStack.open(model.patches())) {
      stack.on(model.base()).applyTo(model);
    }
  }

  /**
   * Refuses a patch that could not be put on a base, whatever it says of other patches. No weight
   * is worked out.
   *
   * @throws PatchFormatException if it does not fit, or changes a weight too much (FMN-308)
   */
  public static void check(PatchRequest request, BaseModel base) throws IOException {
    try (PatchStack stack = PatchStack.alone(request)) {
      stack.on(base).weights().check();
    }
  }

  @Override
  public void close() throws IOException {
    Closing.all(opened);
  }
}

package dev.forgetmenot.patching.stack;

import dev.forgetmenot.api.model.BaseModel;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.files.Closing;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.edit.TokensEdit;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Open patches with their strengths, in the order of their ids: files → checks → base check → new
 * weights and tokens. How weights come about is in {@link PatchedWeights}. {@link #close} closes
 * the files that were opened here.
 */
public final class PatchStack implements AutoCloseable {
  private final List<StackedPatch> layers = new ArrayList<>();
  private final List<PatchFile> opened = new ArrayList<>(); // here, not by who asked

  private PatchStack() {}

  /**
   * Opens the patches of requests that are not open yet.
   *
   * @throws PatchFormatException if one is broken, asked for twice, excluded or superseded by
   *     another, needs one that is not there, or its strength is out of range
   */
  public static PatchStack open(List<PatchRequest> requests) throws IOException {
    PatchStack stack = each(requests);
    try {
      stack.checkStrengths();
      new StackRules(stack.layers).check();
      stack.checkTokens();
      return stack;
    } catch (IOException | RuntimeException | Error e) {
      Closing.after(e, stack.opened);
      throw e;
    }
  }

  /**
   * Opens a patch to look at what it does by itself, whatever it says of other patches.
   *
   * @throws PatchFormatException if it is broken
   */
  public static PatchStack alone(PatchRequest request) throws IOException {
    return each(List.of(request));
  }

  private static PatchStack each(List<PatchRequest> requests) throws IOException {
    PatchStack stack = new PatchStack();
    try {
      for (PatchRequest request : requests) {
        StackedPatch patch = StackedPatch.open(request);
        if (request.open().isEmpty()) {
          stack.opened.add(patch.file());
        }
        stack.layers.add(new StackedPatch(request, patch.file()));
      }
      stack.layers.sort(Comparator.comparing(layer -> layer.file().id()));
      return stack;
    } catch (IOException | RuntimeException | Error e) {
      Closing.after(e, stack.opened);
      throw e;
    }
  }

  private void checkStrengths() throws PatchFormatException {
    for (StackedPatch layer : layers) {
      double strength = layer.strength();
      for (Manifest.Edit edit : layer.file().manifest().edits()) {
        Manifest.Strength range = edit.strength();
        if (!(strength >= range.min() && strength <= range.max())) {
          throw new PatchFormatException(
              PatchError.STRENGTH,
              layer.file().path().toString(),
              Message.of(
                  "the strength must be in [%s, %s], not %s", range.min(), range.max(), strength));
        }
      }
    }
  }

  private static PatchFormatException conflict(PatchFile patch, String why) {
    return new PatchFormatException(PatchError.CONFLICT, patch.path().toString(), why);
  }

  /** Names of tokens are the same in any case of letters. */
  private void checkTokens() throws PatchFormatException {
    Map<String, StackedPatch> owners = new HashMap<>();
    for (StackedPatch layer : layers) {
      for (Manifest.Edit edit : layer.edits()) {
        for (TokensEdit.Token token : edit.content().tokens()) {
          StackedPatch other = owners.put(token.token().toLowerCase(Locale.ROOT), layer);
          if (other != null) {
            throw conflict(
                layer.file(), "adds the token " + token.token() + ", and so does " + other.where());
          }
        }
      }
    }
  }

  /** The patches in the order of their ids. */
  public List<StackedPatch> layers() {
    return List.copyOf(layers);
  }

  /**
   * Checks every patch against a base.
   *
   * @return the stack on that base; to be used as long as this stack and the base's files are open
   * @throws PatchFormatException if a patch does not fit the base, or closed-form edits are ill
   *     conditioned together (FMN-604)
   */
  public ResolvedStack on(BaseModel model) throws IOException {
    Map<StackedPatch, BaseCheck.Nearness> found = new LinkedHashMap<>();
    Map<StackedPatch, Map<String, List<String>>> targets = targets(model, found::put);
    PatchedWeights weights = new PatchedWeights(model.tensors(), targets);
    for (JointSystem system : weights.systems()) {
      system.check();
    }
    Map<PatchRequest, String> descriptions = new LinkedHashMap<>();
    for (StackedPatch layer : layers) {
      BaseCheck.Nearness nearness = found.get(layer);
      String blocks =
          nearness == BaseCheck.Nearness.SAME_ARCHITECTURE
              ? new BaseMismatch(layer, targets.get(layer), model).blocks()
              : "";
      descriptions.put(layer.request(), describe(layer, nearness) + blocks);
    }
    return new ResolvedStack(weights, tokens(), descriptions);
  }

  /**
   * Checks every patch against a base, but not what they do together.
   *
   * @return by layer and the id of its edits: full names of what changes
   * @throws PatchFormatException if a patch does not fit the base
   */
  Map<StackedPatch, Map<String, List<String>>> targets(BaseModel model) throws IOException {
    return targets(model, (layer, nearness) -> {});
  }

  private Map<StackedPatch, Map<String, List<String>>> targets(
      BaseModel model, BiConsumer<StackedPatch, BaseCheck.Nearness> found) throws IOException {
    Map<StackedPatch, Map<String, List<String>>> targets = new LinkedHashMap<>();
    for (StackedPatch layer : layers) {
      BaseCheck check =
          new BaseCheck(
              layer.file(), model, layer.request().allows(PatchRequest.Allowance.OTHER_BASE));
      check.architecture();
      targets.put(layer, PatchTargets.of(layer.file(), model.tensors()));
      found.accept(layer, check.run(targets.get(layer)));
    }
    return targets;
  }

  private List<ResolvedStack.Token> tokens() throws IOException {
    List<ResolvedStack.Token> tokens = new ArrayList<>();
    for (StackedPatch layer : layers) {
      for (Manifest.Edit edit : layer.edits()) {
        if (layer.strength() != 0 && !edit.content().tokens().isEmpty()) {
          layer
              .file()
              .edit(edit)
              .tokens()
              .forEach((token, rows) -> tokens.add(new ResolvedStack.Token(layer, token, rows)));
        }
      }
    }
    return tokens;
  }

  private static String describe(StackedPatch layer, BaseCheck.Nearness nearness) {
    Manifest manifest = layer.file().manifest();
    return manifest.name()
        + "@"
        + manifest.patchVersion()
        + ":"
        + layer.strength()
        + nearness.words()
        + (manifest.gate().isPresent() ? " (has a gate, and is on at this strength)" : "");
  }

  @Override
  public void close() throws IOException {
    Closing.all(opened);
  }
}

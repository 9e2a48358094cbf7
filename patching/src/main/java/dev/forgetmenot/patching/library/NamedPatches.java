package dev.forgetmenot.patching.library;

import dev.forgetmenot.api.model.PatchLibrary;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.files.Closing;
import dev.forgetmenot.patching.PatchSet;
import dev.forgetmenot.patching.trust.PatchVerifier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The patches of folders by name, each opened and verified when it is first asked for. {@link
 * #close} closes them. For one thread at a time.
 */
public final class NamedPatches implements PatchLibrary, AutoCloseable {
  private final PatchFolders folders;
  private final PatchVerifier verifier;
  private final UnaryOperator<PatchRequest> allowing;
  private final Map<Path, PatchSet> opened = new HashMap<>();

  /**
   * The patches of folders.
   *
   * @param allowing adds what the user allows to a request
   */
  public NamedPatches(
      PatchFolders folders, PatchVerifier verifier, UnaryOperator<PatchRequest> allowing) {
    this.folders = folders;
    this.verifier = verifier;
    this.allowing = allowing;
  }

  @Override
  public PatchRequest named(String name, double strength) throws IOException {
    Path file = folders.named(name);
    if (!opened.containsKey(file)) {
      opened.put(file, verifier.open(List.of(allowing.apply(new PatchRequest(file, 1)))));
    }
    return opened.get(file).requests().get(0).at(strength);
  }

  @Override
  public void close() throws IOException {
    Closing.all(opened.values());
  }
}

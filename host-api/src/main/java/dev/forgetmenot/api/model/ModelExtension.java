package dev.forgetmenot.api.model;

import java.io.IOException;
import org.pf4j.ExtensionPoint;

/**
 * The extension point of loading: sees a model that has been loaded, before its first use, and may
 * change its weights. Called on the engine thread, in the order of plugin ids. The host keeps the
 * base and can go back to it bit for bit.
 */
public interface ModelExtension extends ExtensionPoint {
  /**
   * Called once for each loaded model.
   *
   * @throws IOException if the model must not be used; it is then closed and the user sees the
   *     message
   */
  void loaded(PatchableModel model) throws IOException;
}

package dev.forgetmenot.plugin.patching;

import dev.forgetmenot.api.model.ModelExtension;
import dev.forgetmenot.api.model.PatchableModel;
import dev.forgetmenot.patching.PatchSet;
import java.io.IOException;
import org.pf4j.Extension;

/**
 * Puts the requested {@code .fmnpatch} files on a model when it is loaded: files → checks → base
 * check → base + Σ strength · delta → weights of the running model. The weights are always worked
 * out anew from the base; loading without a patch takes it off bit for bit.
 */
@Extension
public final class PatchStackExtension implements ModelExtension {
  /** For the plugin manager. */
  public PatchStackExtension() {}

  @Override
  public void loaded(PatchableModel model) throws IOException {
    PatchSet.applyRequested(model);
  }
}

package dev.forgetmenot.host.job;

import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.api.model.LoadedModel;
import dev.forgetmenot.api.model.ModelExtension;
import java.util.List;

/**
 * Stands in the door of loading for the host itself and keeps what a patch's manifest says of its
 * base. The tensors stay readable as long as the model is open.
 */
final class BaseRecord implements ModelExtension {
  private BaseTensors tensors;
  private List<String> tokenizerDigests = List.of();

  @Override
  public void loaded(LoadedModel model) {
    tensors = model.base();
    tokenizerDigests = model.tokenizerDigests();
  }

  BaseTensors tensors() {
    return tensors;
  }

  /** SHA-256 of vocab.json and merges.txt, hex. */
  List<String> tokenizerDigests() {
    return tokenizerDigests;
  }
}

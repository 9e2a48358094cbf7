package dev.forgetmenot.host.evaluate;

import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.evaluation.run.Drawing;
import dev.forgetmenot.evaluation.unit.ImageStore;
import dev.forgetmenot.evaluation.unit.ImageUnit;
import dev.forgetmenot.host.model.ModelLoader;
import dev.forgetmenot.host.model.NamedModel;
import dev.forgetmenot.patching.PatchSet;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/**
 * Draws units of plans with one loaded model, as {@code fmn evaluate} does: the part of a machine
 * that only draws. For one thread.
 */
public final class UnitDrawer {
  private final HostedModel model;
  private final ImageStore store;

  /**
   * A drawer.
   *
   * @param loader that the model was loaded by
   * @param hosted a model without patches; stays open as long as this
   * @param patches under test, open as long as this
   * @param store where drawn images are kept
   */
  public UnitDrawer(ModelLoader loader, NamedModel hosted, PatchSet patches, ImageStore store)
      throws IOException {
    model = new HostedModel(loader, hosted.model(), patches);
    this.store = store;
  }

  /**
   * Draws what the store does not have.
   *
   * @param units any
   * @return the bytes of each unit's PNG file, in order
   * @throws IllegalArgumentException if a unit is of another model, other patches or another
   *     arithmetic than this draws with
   */
  public List<byte[]> draw(List<ImageUnit> units) throws IOException {
    new Drawing(model, store, JobContext.NONE).draw(units);
    List<byte[]> images = new ArrayList<>();
    for (ImageUnit unit : units) {
      images.add(Files.readAllBytes(store.find(unit.key()).orElseThrow()));
    }
    return images;
  }
}

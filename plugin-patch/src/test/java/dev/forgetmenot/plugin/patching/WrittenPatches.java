package dev.forgetmenot.plugin.patching;

import dev.forgetmenot.api.model.BaseBinding;
import dev.forgetmenot.api.model.BaseModel;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.PatchWriter;
import dev.forgetmenot.patch.edit.Delta;
import dev.forgetmenot.patch.edit.DeltaEdit;
import dev.forgetmenot.patch.edit.PatchEdit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/** Writes patches for a model's folder as the host does. */
final class WrittenPatches {
  private final Path model;

  WrittenPatches(Path model) {
    this.model = model;
  }

  /** Adds the given values to one tensor each. */
  static PatchDraft draft(String name, Map<String, Delta> deltas) {
    return draft(name, new DeltaEdit(deltas));
  }

  static PatchDraft draft(String name, PatchEdit... edits) {
    return new PatchDraft(
        name,
        "A test.",
        new Manifest.Intent(
            "forget", List.of(new Manifest.IntentConcept("a", "object", List.of("a photo of a")))),
        List.of(edits),
        new Manifest.Recipe("test", Map.of(), 0, 0, "test", "1", List.of()),
        List.of(),
        Map.of());
  }

  Path write(PatchDraft draft, Path file) throws IOException {
    return write(draft, file, UnaryOperator.identity());
  }

  /** Writes a patch that says something else of its base. */
  Path write(PatchDraft draft, Path file, String policy, UnaryOperator<Manifest.Component> unet)
      throws IOException {
    return write(
        draft,
        file,
        base -> {
          Map<String, Manifest.Component> components = new TreeMap<>(base.components());
          components.computeIfPresent("unet", (name, component) -> unet.apply(component));
          return new Manifest.Base(
              components, base.textEncoder(), base.tokenizer(), base.label(), policy);
        });
  }

  /** Writes a patch that says something else of its base. */
  Path write(PatchDraft draft, Path file, UnaryOperator<Manifest.Base> change) throws IOException {
    AtomicReference<Manifest.Base> base = new AtomicReference<>();
    LoadOptions options =
        LoadOptions.defaults()
            .patched(
                List.of(),
                List.of(loaded -> base.set(new BaseBinding(labelled(loaded.base())).of(draft))));
    StableDiffusion.load(model, options).close();
    return writeFor(change.apply(base.get()), "other", draft, file);
  }

  private static BaseModel labelled(BaseModel base) {
    return new BaseModel(base.tensors(), base.tokenizer(), base.architecture(), "the test's base");
  }

  /** Writes a patch for any base. */
  static Path writeFor(Manifest.Base base, String architecture, PatchDraft draft, Path file)
      throws IOException {
    PatchWriter.write(file, draft, base, architecture, "2026-01-01T00:00:00Z");
    return file;
  }

  /** Loads the model with patches and returns the weights of the given names. */
  Map<String, float[]> load(Collection<String> names, PatchRequest... requests) throws IOException {
    LoadOptions options =
        LoadOptions.defaults().patched(List.of(requests), List.of(new PatchStackExtension()));
    try (StableDiffusion sd = StableDiffusion.load(model, options)) {
      Map<String, float[]> values = new TreeMap<>();
      sd.engine()
          .run(() -> new ArrayList<>(names).forEach(n -> values.put(n, sd.weights().current(n))));
      return values;
    }
  }
}

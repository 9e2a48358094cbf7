package dev.forgetmenot.patching;

import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.api.model.LoadedModel;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.diffusion.pipeline.LoadOptions;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.patch.BaseIdentity;
import dev.forgetmenot.patch.Delta;
import dev.forgetmenot.patch.DeltaEdit;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.PatchWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Writes patches for a model's folder as the host does. */
final class WrittenPatches {
  private final Path model;

  WrittenPatches(Path model) {
    this.model = model;
  }

  /** Adds the given values to one tensor each. */
  static PatchDraft draft(String name, Map<String, Delta> deltas) {
    return new PatchDraft(
        name,
        "A test.",
        new Manifest.Intent(
            "forget", List.of(new Manifest.Concept("a", "object", List.of("a photo of a")))),
        List.of(new DeltaEdit(deltas)),
        new Manifest.Recipe("test", Map.of(), 0, 0, "test", "1", List.of()),
        List.of(),
        Map.of());
  }

  Path write(PatchDraft draft, Path file) throws IOException {
    return write(draft, file, "same-values", UnaryOperator.identity());
  }

  /** Writes a patch that says something else of its base. */
  Path write(
      PatchDraft draft, Path file, String policy, UnaryOperator<Manifest.Component> component)
      throws IOException {
    Manifest.Component unet =
        component.apply(component(((DeltaEdit) draft.edits().get(0)).deltas().keySet()));
    Manifest.Base base =
        new Manifest.Base(Map.of("unet", unet), Optional.empty(), "the test's base", policy);
    PatchWriter.write(file, draft, base, "other", "2026-01-01T00:00:00Z");
    return file;
  }

  private Manifest.Component component(Collection<String> targets) throws IOException {
    Map<String, String> exact = new TreeMap<>();
    Map<String, String> half = new TreeMap<>();
    LoadOptions options =
        LoadOptions.defaults()
            .patched(List.of(), List.of(loaded -> leaves(loaded, targets, exact, half)));
    StableDiffusion.load(model, options).close();
    return new Manifest.Component(BaseIdentity.root(exact), BaseIdentity.root(half), half);
  }

  private static void leaves(
      LoadedModel loaded,
      Collection<String> targets,
      Map<String, String> exact,
      Map<String, String> half)
      throws IOException {
    BaseTensors base = loaded.base();
    for (String target : targets) {
      String name = target.substring("unet/".length());
      exact.put(name, base.leaf("unet", name));
      half.put(name, base.halfLeaf("unet", name));
    }
  }

  /** Loads the model with patches and returns the weights of the given names. */
  Map<String, float[]> load(Collection<String> names, PatchRequest... requests) throws IOException {
    LoadOptions options =
        LoadOptions.defaults().patched(List.of(requests), List.of(new PatchStackExtension()));
    try (StableDiffusion sd = StableDiffusion.load(model, options)) {
      Map<String, float[]> values = new TreeMap<>();
      sd.engine()
          .call(
              () -> {
                new ArrayList<>(names).forEach(n -> values.put(n, sd.weights().current(n)));
                return null;
              });
      return values;
    }
  }
}

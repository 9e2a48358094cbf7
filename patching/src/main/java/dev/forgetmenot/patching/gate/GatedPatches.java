package dev.forgetmenot.patching.gate;

import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.api.model.PatchedModel;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PromptGate;
import dev.forgetmenot.patching.PatchSet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Patches some of which follow the prompt: their strength is that of the request times the share
 * that their gate lets through. On a running model they are put on anew when a prompt changes it.
 */
public final class GatedPatches {
  private final List<PatchRequest> requests;
  private final Map<Integer, Manifest> gated = new TreeMap<>(); // by the place of the request
  private boolean changesText;
  private List<PatchRequest> on = List.of();
  private PromptSimilarity gate; // null before the first prompt

  /**
   * What a gate decided.
   *
   * @param name of the patch
   * @param closeness of the prompts to what the patch is about
   * @param gate of the patch
   * @param full the strength of the request
   */
  public record Decision(String name, double closeness, PromptGate gate, double full) {
    /** The strength that the patch gets. */
    public double strength() {
      return full * gate.share(closeness);
    }

    /** For people. */
    public String line() {
      return String.format(
          Locale.ROOT,
          "%s: closeness of the prompt %.3f, gate %.3g to %.3g: strength %.3g of %.3g",
          name,
          closeness,
          gate.from(),
          gate.to(),
          strength(),
          full);
    }
  }

  private GatedPatches(List<PatchRequest> requests) {
    this.requests = List.copyOf(requests);
  }

  /**
   * Patches that follow prompts.
   *
   * @param open closed by the caller, after the last use
   */
  public static GatedPatches of(PatchSet open) {
    GatedPatches patches = new GatedPatches(open.requests());
    for (int i = 0; i < open.files().size(); i++) {
      Manifest manifest = open.files().get(i).manifest();
      if (manifest.gate().isPresent()) {
        patches.gated.put(i, manifest);
      }
      patches.changesText |=
          manifest.edits().stream().anyMatch(edit -> edit.component().equals("text_encoder"));
    }
    return patches;
  }

  /** Whether one has a gate. */
  public boolean any() {
    return !gated.isEmpty();
  }

  /** What to load the model with: all of them, or none until there is a prompt to look at. */
  public List<PatchRequest> first() {
    on = any() ? List.of() : requests;
    return on;
  }

  /** What is on the model now, in the order of the requests. */
  public List<PatchRequest> on() {
    return on;
  }

  /**
   * Makes the model fit to draw prompts. For the engine thread.
   *
   * @param model loaded with {@link #first}, or where this was called before
   * @param prompts prompt and negative prompt
   * @return what each gate decided, in the order of the requests
   * @throws IOException if a patch does not fit; the model is then as it was
   */
  public List<Decision> follow(PatchedModel model, List<String> prompts) throws IOException {
    if (!any()) {
      return List.of();
    }
    if (changesText && !on.isEmpty()) { // closeness is measured on the base
      model.repatch(List.of());
      on = List.of();
    }
    List<Decision> decisions = new ArrayList<>();
    List<PatchRequest> wanted = new ArrayList<>(requests);
    gate = gate == null ? new PromptSimilarity(model) : gate;
    gated.forEach(
        (place, manifest) -> {
          PatchRequest request = requests.get(place);
          Decision decision =
              new Decision(
                  manifest.name() + "@" + manifest.patchVersion(),
                  gate.closeness(prompts, manifest),
                  manifest.gate().orElseThrow(),
                  request.strength());
          decisions.add(decision);
          wanted.set(place, request.at(decision.strength()));
        });
    if (!wanted.equals(on)) {
      model.repatch(wanted);
      on = List.copyOf(wanted);
    }
    return decisions;
  }
}

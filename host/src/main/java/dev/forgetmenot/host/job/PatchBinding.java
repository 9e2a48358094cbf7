package dev.forgetmenot.host.job;

import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.patch.BaseIdentity;
import dev.forgetmenot.patch.DeltaEdit;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.PatchEdit;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.PatchWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Binds what an editor made to the base that it was made on, and writes it.
 *
 * @param hosted the base
 */
record PatchBinding(HostedModel hosted) {
  /** Bases that agree in values rounded to half are one: an fp32 folder and its fp16 copy. */
  private static final String POLICY = "same-values";

  /** Writes the patch beside its place and moves it there. */
  EditJob.Result write(PatchDraft draft, Path file) throws IOException {
    Manifest.Base base = new Manifest.Base(components(draft), tokenizer(), hosted.name(), POLICY);
    String created = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    PatchWriter.write(file, draft, base, Architecture.of(hosted.model()), created);
    try (PatchFile written = PatchFile.open(file)) {
      return new EditJob.Result(file, written.id(), Optional.empty());
    }
  }

  private static Set<String> targets(PatchDraft draft) {
    Set<String> targets = new TreeSet<>();
    for (PatchEdit edit : draft.edits()) {
      if (edit instanceof DeltaEdit delta) {
        targets.addAll(delta.deltas().keySet());
      }
    }
    return targets;
  }

  private Optional<Manifest.Tokenizer> tokenizer() {
    List<String> digests = hosted.model().tokenizerDigests();
    return Optional.of(new Manifest.Tokenizer(digests.get(0), digests.get(1)));
  }

  private Map<String, Manifest.Component> components(PatchDraft draft) throws IOException {
    Map<String, Map<String, String>> exact = new TreeMap<>();
    Map<String, Map<String, String>> half = new TreeMap<>();
    BaseTensors tensors = hosted.model().base();
    for (String target : targets(draft)) {
      int slash = target.indexOf('/');
      String component = target.substring(0, slash);
      String name = target.substring(slash + 1);
      exact
          .computeIfAbsent(component, c -> new TreeMap<>())
          .put(name, tensors.leaf(component, name));
      half.computeIfAbsent(component, c -> new TreeMap<>())
          .put(name, tensors.halfLeaf(component, name));
    }
    Map<String, Manifest.Component> components = new TreeMap<>();
    exact.forEach(
        (component, leaves) ->
            components.put(
                component,
                new Manifest.Component(
                    BaseIdentity.root(leaves),
                    BaseIdentity.root(half.get(component)),
                    half.get(component))));
    return components;
  }
}

package dev.forgetmenot.plugin.forget;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forgetmenot.api.edit.Concept;
import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.edit.KnownConcepts;
import dev.forgetmenot.api.edit.Settings;
import dev.forgetmenot.diffusion.pipeline.StableDiffusion;
import dev.forgetmenot.patch.PatchDraft;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Stops a job behind a step, and keeps what it says. */
final class RecordedJob implements JobContext {
  final List<Double> losses = new ArrayList<>();
  final List<String> said = new ArrayList<>();
  private final Path state;
  private final int stopAfter;
  private final boolean resuming;
  KnownConcepts known = KnownConcepts.EMPTY;
  private int done;

  RecordedJob(Path state, int stopAfter, boolean resuming) {
    this.state = state;
    this.stopAfter = stopAfter;
    this.resuming = resuming;
  }

  /** What an editor makes in a job; the model then is as it was before. */
  static PatchDraft edit(
      StableDiffusion sd,
      ConceptEditor editor,
      List<Concept> concepts,
      Map<String, String> given,
      JobContext job)
      throws IOException {
    Settings values = Settings.of(editor.parameters(), given);
    return sd.engine()
        .<PatchDraft, IOException>call(
            () -> {
              try {
                return editor.edit(concepts, values, sd, job);
              } finally {
                sd.weights().restoreChanged();
              }
            });
  }

  @Override
  public void progress(String stage, long number, long total) {
    done = (int) number;
  }

  @Override
  public KnownConcepts knownConcepts() {
    return known;
  }

  @Override
  public void say(String line) {
    assertThat(line).isNotBlank();
    said.add(line);
  }

  @Override
  public void trained(int step, int steps, double loss, double gradientNorm) {
    losses.add(loss);
    assertThat(gradientNorm).isPositive();
  }

  @Override
  public boolean cancelled() {
    return done >= stopAfter;
  }

  @Override
  public Optional<Path> checkpoint() {
    return Optional.of(state);
  }

  @Override
  public boolean resuming() {
    return resuming;
  }
}

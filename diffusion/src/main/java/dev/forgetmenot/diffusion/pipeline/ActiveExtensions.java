package dev.forgetmenot.diffusion.pipeline;

import ai.djl.ndarray.NDArray;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.attention.AttentionModifier;
import dev.forgetmenot.api.attention.AttentionObserver;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.SamplingExtension;
import dev.forgetmenot.diffusion.weights.Closing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/** The extensions that take part in one generation, asked in order. For the engine thread. */
final class ActiveExtensions implements AutoCloseable {
  private final List<SamplingExtension.Run> runs = new ArrayList<>();

  ActiveExtensions(List<SamplingExtension> extensions, GenerationRequest request) {
    try {
      extensions.forEach(extension -> runs.add(extension.begin(request)));
    } catch (RuntimeException | Error e) {
      Closing.after(e, runs);
      throw e;
    }
  }

  String prompt(String prompt, boolean negative) {
    String changed = prompt;
    for (SamplingExtension.Run run : runs) {
      changed = run.prompt(changed, negative);
    }
    return changed;
  }

  /** Takes over the array and returns one of the same or another. */
  NDArray textEmbedding(NDArray context, boolean negative) {
    return chain(context, (run, array) -> run.textEmbedding(array, negative));
  }

  /** Takes over the array and returns one of the same or another. */
  NDArray latents(int step, NDArray latents) {
    return chain(latents, (run, array) -> run.latents(step, array));
  }

  private NDArray chain(NDArray first, BiFunction<SamplingExtension.Run, NDArray, NDArray> call) {
    NDArray current = first;
    try {
      for (SamplingExtension.Run run : runs) {
        NDArray next = call.apply(run, current);
        if (next != current) {
          current.close();
          current = next;
        }
      }
      return current;
    } catch (RuntimeException | Error e) {
      current.close();
      throw e;
    }
  }

  AttentionHooks attention(int step) {
    List<AttentionObserver> observers = new ArrayList<>();
    List<AttentionModifier> modifiers = new ArrayList<>();
    for (SamplingExtension.Run run : runs) {
      AttentionHooks hooks = run.attention(step);
      observers.addAll(hooks.observers());
      modifiers.addAll(hooks.modifiers());
    }
    return new AttentionHooks(observers, modifiers);
  }

  @Override
  public void close() {
    try {
      Closing.all(runs);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // none: closing a run throws nothing that is checked
    }
  }
}

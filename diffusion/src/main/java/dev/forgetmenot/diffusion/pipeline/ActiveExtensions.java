package dev.forgetmenot.diffusion.pipeline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.attention.AttentionModifier;
import dev.forgetmenot.api.attention.AttentionObserver;
import dev.forgetmenot.api.model.PatchedModel;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.sampling.GenerationRequest;
import dev.forgetmenot.api.sampling.SamplingExtension;
import dev.forgetmenot.files.Closing;
import dev.forgetmenot.files.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** The extensions that take part in one generation, asked in order. For the engine thread. */
final class ActiveExtensions implements AutoCloseable {
  private final List<SamplingExtension.Run> runs = new ArrayList<>();

  ActiveExtensions(
      List<SamplingExtension> extensions, GenerationRequest request, PatchedModel model) {
    try {
      for (SamplingExtension extension : extensions) {
        if (extension.takesPart(request, model)) {
          runs.add(extension.begin(request, model));
        }
      }
    } catch (IOException e) {
      Closing.after(e, runs);
      throw new UncheckedIOException(e);
    } catch (RuntimeException | Error e) {
      Closing.after(e, runs);
      throw e;
    }
  }

  /** The request with the prompts to use. */
  GenerationRequest prompted(GenerationRequest request) {
    return request.toBuilder()
        .prompt(prompt(request.prompt(), false))
        .negativePrompt(prompt(request.negativePrompt(), true))
        .build();
  }

  private String prompt(String prompt, boolean negative) {
    String changed = prompt;
    for (SamplingExtension.Run run : runs) {
      changed = run.prompt(changed, negative);
    }
    return changed;
  }

  /** Takes over the arrays and returns a condition of the same or others. */
  TextCondition textCondition(TextCondition first, boolean negative) {
    TextCondition current = first;
    try {
      for (SamplingExtension.Run run : runs) {
        TextCondition next = run.textCondition(current, negative);
        requireShapes(run, next, current);
        closeAllBut(current.arrays(), next.arrays());
        current = next;
      }
      return current;
    } catch (RuntimeException | Error e) {
      current.close();
      throw e;
    }
  }

  private static void requireShapes(
      SamplingExtension.Run run, TextCondition next, TextCondition current) {
    List<Shape> expected = current.arrays().stream().map(NDArray::getShape).toList();
    List<Shape> found = next.arrays().stream().map(NDArray::getShape).toList();
    if (!found.equals(expected) || next.pooled().isPresent() != current.pooled().isPresent()) {
      closeAllBut(next.arrays(), current.arrays());
      throw wrongShape("textCondition", run, found, expected);
    }
  }

  private static void closeAllBut(List<NDArray> arrays, List<NDArray> kept) {
    arrays.stream().filter(a -> kept.stream().noneMatch(b -> a == b)).forEach(NDArray::close);
  }

  /** Takes over the array and returns one of the same or another. */
  NDArray modelOutput(int step, NDArray output) {
    return chain("modelOutput", output, (run, array) -> run.modelOutput(step, array));
  }

  /** Takes over the array and returns one of the same or another. */
  NDArray latents(int step, NDArray latents) {
    return chain("latents", latents, (run, array) -> run.latents(step, array));
  }

  /** What the first run makes of both predictions; new, or one of the two; empty if none does. */
  Optional<NDArray> guidance(int step, NDArray unconditional, NDArray conditional, double scale) {
    for (SamplingExtension.Run run : runs) {
      Optional<NDArray> combined = run.guidance(step, unconditional, conditional, scale);
      if (combined.isPresent()) {
        requireShape("guidance", run, combined.get(), conditional.getShape());
        return combined;
      }
    }
    return Optional.empty();
  }

  private static void requireShape(
      String hook, SamplingExtension.Run run, NDArray found, Shape expected) {
    if (!found.getShape().equals(expected)) {
      Shape shape = found.getShape();
      found.close();
      throw wrongShape(hook, run, shape, expected);
    }
  }

  private static IllegalStateException wrongShape(
      String hook, SamplingExtension.Run run, Object found, Object expected) {
    return new IllegalStateException(
        Message.of(
            "%s of the sampling extension %s returned an array of shape %s; expected %s. Remove its"
                + " plugin, or get a version that works with this model",
            hook, run.getClass().getName(), found, expected));
  }

  private NDArray chain(
      String hook, NDArray first, BiFunction<SamplingExtension.Run, NDArray, NDArray> call) {
    NDArray current = first;
    try {
      for (SamplingExtension.Run run : runs) {
        NDArray next = call.apply(run, current);
        if (next != current) {
          requireShape(hook, run, next, current.getShape());
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

package dev.forgetmenot.diffusion.training;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import dev.forgetmenot.api.training.ScalarOps;
import dev.forgetmenot.api.training.TrainingOptions;
import dev.forgetmenot.api.training.TrainingScope;
import dev.forgetmenot.diffusion.engine.EngineThread;
import dev.forgetmenot.diffusion.engine.GradientCheckpointing;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.weights.ModelParameter;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.patch.edit.LowRank;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Trains weights of a loaded model. PyTorch's graph is recorded only while the loss of a step is
 * made, and only one session is open at a time in a process, since the engine has one gradient
 * collector.
 *
 * <p><b>Reached or not.</b> PyTorch leaves a weight alone, decay included, when the loss does not
 * depend on it. The engine says zeros in that case, so here a weight whose gradient has been zero
 * in every element of every step is taken as not reached: neither it nor its moments change. One
 * that a step has reached decays and moves on by its moments when a gradient is zero, as in
 * PyTorch.
 *
 * <p><b>Numbers that are not finite.</b> A step whose loss or gradient is not finite changes
 * nothing, says so, and ends the session: the weights stay as they were before that step.
 *
 * <p>Each call runs on the engine thread. Moments and gradients are freed by {@link #close}.
 */
public final class TrainingSession implements TrainingScope {
  private final EngineThread engine;
  private final Ops ops;
  private final TrainingOptions options;
  private final TrainablePart part;
  private final Map<String, ModelParameter> parameters;
  private final NDManager manager;
  private final AdamW optimizer;
  private final Set<String> reached = new LinkedHashSet<>();
  private final List<String> reachedLast = new ArrayList<>();
  private final Map<String, String> notes = new TreeMap<>();
  private int steps;
  private boolean closed;
  private boolean failed;

  private TrainingSession(
      EngineThread engine, Ops ops, Map<String, ModelParameter> chosen, TrainingOptions options) {
    this.engine = engine;
    this.ops = ops;
    this.options = options;
    this.manager = engine.newManager();
    try {
      this.part =
          options.adapters().isPresent()
              ? new TrainableAdapters(manager, chosen, options.adapters().get())
              : new TrainableWeights(manager, chosen, options.keepsBase());
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
    this.parameters = part.parameters();
    this.optimizer = new AdamW(manager, ops, options);
    ops.training(true);
    ops.mixed(options.mixedPrecision());
  }

  /**
   * Begins training.
   *
   * @param ops the operators of the engine thread
   * @param parameters the weights of the model by canonical name; the options choose among them
   * @throws IllegalStateException if another session or scope of gradients is open in this process
   * @throws IllegalArgumentException if the options choose nothing or a number is out of range
   */
  public static TrainingSession open(
      EngineThread engine,
      Ops ops,
      Map<String, ModelParameter> parameters,
      TrainingOptions options) {
    Map<String, ModelParameter> chosen = new LinkedHashMap<>();
    parameters.forEach(
        (name, parameter) -> {
          if (options.trainable().test(name)) {
            chosen.put(name, parameter);
          }
        });
    if (chosen.isEmpty()) {
      throw new IllegalArgumentException(
          "no weight was chosen for training; names look like "
              + parameters.keySet().stream().limit(3).toList());
    }
    CollectorClaim.take();
    try {
      return engine.call(() -> new TrainingSession(engine, ops, chosen, options));
    } catch (RuntimeException e) {
      CollectorClaim.release();
      throw e;
    }
  }

  @Override
  public StepReport step(Function<NDManager, NDArray> loss) {
    return engine.call(() -> stepHere(loss));
  }

  private StepReport stepHere(Function<NDManager, NDArray> loss) {
    checkOpen();
    if (failed) {
      throw new IllegalStateException("an earlier step of this session failed; open a new one");
    }
    failed = true; // until the step has come to its end
    clearGradients();
    int step = steps + 1;
    double sum = 0;
    for (int i = 0; i < options.accumulation(); i++) {
      sum += backward(loss, step);
    }
    double norm = update(step);
    steps = step;
    failed = false;
    return new StepReport(step, sum / options.accumulation(), norm);
  }

  /** Makes one loss, adds its gradients to the weights' and returns its value. */
  private double backward(Function<NDManager, NDArray> loss, int step) {
    try (NDManager microStep = manager.newSubManager();
        GradientCollector collector = manager.getEngine().newGradientCollector()) {
      GradientCheckpointing checkpointing =
          options.gradientCheckpointing() ? new GradientCheckpointing(microStep) : null;
      ops.checkpointing(checkpointing);
      NDArray value = loss.apply(microStep);
      value.attach(microStep);
      if (value.size() != 1) {
        throw new IllegalArgumentException("a loss is one number, not " + value.getShape());
      }
      double number = value.toType(ai.djl.ndarray.types.DataType.FLOAT32, false).toFloatArray()[0];
      requireFinite(number, "loss", step);
      try {
        NDArray share = ScalarOps.by(value, 1.0 / options.accumulation());
        if (checkpointing == null) {
          collector.backward(share);
        } else {
          checkpointing.backward(share);
        }
      } catch (EngineException e) {
        throw new IllegalStateException(
            "step " + step + ": no gradient can be taken; does the loss depend on a chosen weight?",
            e);
      }
      return number;
    } finally {
      ops.checkpointing(null);
    }
  }

  /** Clips the gradients and moves the weights; returns the norm before the clip. */
  private double update(int step) {
    try (Gradients gradients = Gradients.of(parameters.values())) {
      GradientClip clip = GradientClip.measure(manager, gradients.arrays());
      requireFinite(clip.total(), "gradient norm", step);
      double rate = options.learningRate() * options.schedule().factor(step - 1);
      reachedLast.clear();
      Set<String> reachedNow = reachedGroups(clip);
      int index = 0;
      for (Map.Entry<String, ModelParameter> entry : parameters.entrySet()) {
        NDArray gradient = gradients.arrays().get(index);
        if (reachedNow.contains(part.group(entry.getKey()))) {
          clip.shorten(gradient, options.maxGradNorm());
          optimizer.update(entry.getKey(), entry.getValue().array(), gradient, rate);
          reachedLast.add(entry.getKey());
        }
        index++;
      }
      reached.addAll(reachedLast);
      return clip.total();
    }
  }

  private Set<String> reachedGroups(GradientClip clip) {
    Set<String> groups = new HashSet<>();
    int index = 0;
    for (String name : parameters.keySet()) {
      if (clip.norm(index++) != 0 || reached.contains(name)) {
        groups.add(part.group(name));
      }
    }
    return groups;
  }

  /** Frees the gradients of the last step, so that the next ones are written and not added. */
  private void clearGradients() {
    for (String name : reachedLast) {
      ModelParameter parameter = parameters.get(name);
      parameter.forgetGradient();
      parameter.array().setRequiresGradient(true);
    }
  }

  private static void requireFinite(double number, String what, int step) {
    if (!Double.isFinite(number)) {
      throw new ArithmeticException(
          Message.of(
              "step %s: the %s is %s; the weights are left as they were before this step. A smaller"
                  + " learning rate usually helps",
              step, what, number));
    }
  }

  @Override
  public int steps() {
    return steps;
  }

  @Override
  public Set<String> trainable() {
    return parameters.keySet();
  }

  @Override
  public Set<String> unreached() {
    Set<String> rest = new LinkedHashSet<>(parameters.keySet());
    rest.removeAll(reached);
    return rest;
  }

  @Override
  public Map<String, float[]> lastGradients() {
    checkOpen();
    return engine.call(
        () -> {
          Map<String, float[]> copies = new LinkedHashMap<>();
          for (String name : reachedLast) {
            try (NDArray gradient = parameters.get(name).array().getGradient()) {
              copies.put(name, gradient.toFloatArray());
            }
          }
          return copies;
        });
  }

  @Override
  public <T> T withBase(Supplier<T> work) {
    checkOpen();
    return engine.call(() -> engine.withoutGraph(() -> part.withBase(work)));
  }

  @Override
  public Map<String, LowRank> adapters() {
    checkOpen();
    return engine.call(part::adapters);
  }

  @Override
  public Map<String, String> notes() {
    return notes;
  }

  @Override
  public void save(Path file, Map<String, String> about) throws IOException {
    checkOpen();
    engine.<Void, IOException>call(
        () -> {
          checkpoint(about).write(file, steps, circumstances().values(), notes);
          return null;
        });
  }

  @Override
  public Restored restore(
      Path file, Map<String, String> about, UnaryOperator<Map<String, String>> today)
      throws IOException {
    checkOpen();
    if (steps > 0) {
      throw new IllegalStateException("a training is restored before its first step");
    }
    return engine.<Restored, IOException>call(
        () -> {
          TrainingCheckpoint.State state = checkpoint(about).read(file, today, reached);
          steps = state.steps();
          notes.clear();
          notes.putAll(state.notes());
          return new Restored(steps, circumstances().differences(state.circumstances()));
        });
  }

  private Circumstances circumstances() {
    return Circumstances.now(engine, manager.getEngine().getVersion(), options);
  }

  private TrainingCheckpoint checkpoint(Map<String, String> about) {
    return new TrainingCheckpoint(
        parameters, optimizer, TrainingCheckpoint.settings(options, about));
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("this training session is closed");
    }
  }

  /** Makes the weights constant again, in arrays that carry no gradients; twice is once. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      engine.run(
          () -> {
            part.settle();
            manager.close();
            ops.training(false);
            ops.mixed(false);
          });
    } finally {
      CollectorClaim.release();
    }
  }
}

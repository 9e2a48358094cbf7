package dev.forgetmenot.diffusion.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.api.model.TokenizedPrompt;
import dev.forgetmenot.api.training.InputGradients;
import dev.forgetmenot.diffusion.engine.EngineThread;
import dev.forgetmenot.diffusion.engine.GradientCheckpointing;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.files.Message;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Gradients of the UNet's error to its inputs and to the text encoders'. The UNet and these run
 * backward one after the other, so that the states between them have a gradient too and the graph
 * of one is free before the other's. Each call runs on the engine thread.
 */
public final class ModelGradients implements InputGradients {
  private final EngineThread engine;
  private final Ops ops;
  private final DifferentiableModel model;
  private final boolean checkpointing;
  private boolean closed;

  private ModelGradients(
      EngineThread engine, Ops ops, DifferentiableModel model, boolean checkpointing) {
    this.engine = engine;
    this.ops = ops;
    this.model = model;
    this.checkpointing = checkpointing;
  }

  /**
   * Begins.
   *
   * @param ops the operators of the UNet
   * @param checkpointing whether the UNet's activations are computed twice and not kept
   * @throws IllegalStateException if a training session or another such scope is open
   */
  public static InputGradients open(
      EngineThread engine, Ops ops, DifferentiableModel model, boolean checkpointing) {
    CollectorClaim.take();
    return new ModelGradients(engine, ops, model, checkpointing);
  }

  @Override
  public Embedded embed(List<TokenizedPrompt> prompts) {
    checkOpen();
    return engine.call(() -> model.embed(prompts));
  }

  @Override
  public Errors ofEmbeddings(Prediction prediction, Embedded text, Set<Input> inputs) {
    checkOpen();
    return engine.call(() -> new Pass(prediction, inputs).ofEmbeddings(text));
  }

  @Override
  public Errors ofStates(Prediction prediction, TextCondition condition, Set<Input> inputs) {
    checkOpen();
    if (inputs.contains(Input.TOKEN_EMBEDDINGS)) {
      throw new IllegalArgumentException(
          "a text that is given by its states has no token embeddings to take a gradient to; give"
              + " the embeddings");
    }
    return engine.call(() -> new Pass(prediction, inputs).ofStates(condition));
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("this scope of gradients is closed");
    }
  }

  /** Lets trainings begin again; twice is once. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      CollectorClaim.release();
    }
  }

  /** One pass forward and backward. */
  private final class Pass {
    private final Prediction prediction;
    private final Set<Input> inputs;
    private final Map<Input, NDArray> gradients = new EnumMap<>(Input.class);
    private double[] errors;

    Pass(Prediction prediction, Set<Input> inputs) {
      this.prediction = prediction;
      this.inputs = inputs;
      if (!prediction.target().getShape().equals(prediction.latents().getShape())) {
        throw new IllegalArgumentException(
            Message.of(
                "the target of a prediction has the shape %s; expected that of the latents, %s",
                prediction.target().getShape(), prediction.latents().getShape()));
      }
    }

    Errors ofEmbeddings(Embedded text) {
      return run(
          (scope, collector) -> {
            boolean wanted = inputs.contains(Input.TOKEN_EMBEDDINGS);
            NDArray rows = leaf(scope, text.rows(), wanted);
            TextCondition made = model.encode(new Embedded(rows, text.ends()));
            TextCondition given = leaves(scope, made, wanted);
            unet(scope, collector, given);
            if (wanted) {
              collector.backward(weighted(scope, made, given));
              keep(Input.TOKEN_EMBEDDINGS, rows);
            }
          });
    }

    /** Σ x · (the gradient of its leaf), over all arrays of a condition; the scope's. */
    private NDArray weighted(NDManager scope, TextCondition made, TextCondition leaves) {
      NDArray sum = scope.zeros(new Shape());
      for (int i = 0; i < made.arrays().size(); i++) {
        try (NDArray gradient = leaves.arrays().get(i).getGradient();
            NDArray products = made.arrays().get(i).mul(gradient);
            NDArray own = products.sum()) {
          sum = sum.add(own);
        }
      }
      return sum;
    }

    Errors ofStates(TextCondition condition) {
      return run((scope, collector) -> unet(scope, collector, leaves(scope, condition, false)));
    }

    /**
     * The same values, where graphs end; of the context and, if all are wanted, of the pooled text.
     */
    private TextCondition leaves(NDManager scope, TextCondition condition, boolean all) {
      return new TextCondition(
          leaf(scope, condition.context(), all || inputs.contains(Input.TEXT_STATES)),
          condition.pooled().map(pooled -> leaf(scope, pooled, all)),
          condition.timeIds());
    }

    private Errors run(Work work) {
      ops.training(true); // products that are made ready once differentiate nowhere
      try (NDManager scope = engine.newManager();
          GradientCollector collector = scope.getEngine().newGradientCollector()) {
        work.run(scope, collector);
        return new Errors(errors, gradients);
      } catch (RuntimeException | Error e) {
        gradients.values().forEach(NDArray::close);
        throw e;
      } finally {
        ops.training(false);
      }
    }

    /** The UNet forward and backward, with the gradients to its own inputs. */
    private void unet(NDManager scope, GradientCollector collector, TextCondition condition) {
      NDArray latents = leaf(scope, prediction.latents(), inputs.contains(Input.LATENTS));
      Optional<GradientCheckpointing> segments =
          checkpointing ? Optional.of(new GradientCheckpointing(scope)) : Optional.empty();
      ops.checkpointing(segments.orElse(null));
      try (NDArray predicted = model.predict(latents, prediction.timesteps(), condition);
          NDArray difference = predicted.sub(prediction.target());
          NDArray squares = difference.square();
          NDArray rows = squares.reshape(squares.getShape().get(0), -1);
          NDArray means = rows.mean(new int[] {1});
          NDArray sum = means.sum()) {
        errors = finite(means.toFloatArray());
        if (inputs.isEmpty()) {
          return;
        }
        if (segments.isPresent()) {
          segments.get().backward(sum);
        } else {
          collector.backward(sum);
        }
      } finally {
        ops.checkpointing(null);
      }
      keep(Input.LATENTS, latents);
      keep(Input.TEXT_STATES, condition.context());
    }

    /** Another array of the same values, where a graph ends. */
    private NDArray leaf(NDManager scope, NDArray values, boolean wanted) {
      try (NDArray constant = values.stopGradient()) {
        NDArray leaf = constant.duplicate();
        leaf.attach(scope);
        leaf.setRequiresGradient(wanted);
        return leaf;
      }
    }

    private void keep(Input input, NDArray leaf) {
      if (inputs.contains(input)) {
        try (NDArray gradient = leaf.getGradient()) {
          NDArray own = gradient.duplicate();
          own.attach(prediction.latents().getManager());
          gradients.put(input, own);
        }
      }
    }

    private double[] finite(float[] values) {
      double[] found = new double[values.length];
      for (int i = 0; i < values.length; i++) {
        found[i] = values[i];
        if (!Double.isFinite(found[i])) {
          throw new ArithmeticException(
              Message.of(
                  "the error of prediction %s at timestep %s is %s; were its latents, text or"
                      + " target finite? Timesteps: %s",
                  i, prediction.timesteps()[i], found[i], Arrays.toString(prediction.timesteps())));
        }
      }
      return found;
    }
  }

  /** What a pass does under a collector; its arrays are the scope's. */
  private interface Work {
    void run(NDManager scope, GradientCollector collector);
  }
}

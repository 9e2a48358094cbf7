package dev.forgetmenot.diffusion.engine;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The operators as one call each, through a TorchScript archive that {@link TorchScriptArchive}
 * writes. {@link #close} frees the module and the few scalars that are kept.
 */
public final class TorchScriptOps implements Ops {
  private static final int NARROW_GROUP = 16; // channels
  private static final int SMALL_MAP = 1024; // pixels; PyTorch's own limit

  private final Model model;
  private final PtSymbolBlock block;
  private final NDManager manager;
  private final Map<String, NDArray> methods = new HashMap<>();
  private final Map<Long, NDArray> integers = new HashMap<>();
  private final Map<Double, NDArray> reals = new HashMap<>();
  private final boolean onCpu;
  private final PackedOps packed; // null where all is FLOAT32
  private final MixedOps mixed = new MixedOps(this);
  private boolean mixing;
  private int trainings;
  private GradientCheckpointing checkpointing; // null where activations are kept

  private TorchScriptOps(Model model, EngineThread engine, ComputePrecision precision) {
    this.model = model;
    block = (PtSymbolBlock) model.getBlock();
    // Scalars are read on the CPU wherever the tensors are.
    manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    onCpu = !engine.device().isGpu();
    boolean tunes = precision == ComputePrecision.F32_AUTOTUNE && onCpu;
    Optional<Autotuner> tuner =
        tunes
            ? Optional.of(
                Autotuner.ofUser(manager.getEngine().getVersion(), engine.operatorThreads()))
            : Optional.empty();
    packed = precision == ComputePrecision.F32 ? null : new PackedOps(this, precision, tuner);
  }

  private TorchScriptOps(TorchScriptOps other) {
    model = other.model;
    block = other.block;
    manager = other.manager;
    onCpu = other.onCpu;
    packed = null;
  }

  /** The same operators, all in FLOAT32; closed with these. */
  public Ops exact() {
    return packed == null ? this : new TorchScriptOps(this);
  }

  /** Loads the operators for the device of the engine thread that calls, all in FLOAT32. */
  public static TorchScriptOps create(EngineThread engine) {
    return create(engine, ComputePrecision.F32);
  }

  /**
   * Loads the operators for the device of the engine thread that calls.
   *
   * @param precision of products; not {@link ComputePrecision#AUTO}
   */
  public static TorchScriptOps create(EngineThread engine, ComputePrecision precision) {
    Model model = Model.newInstance("fmn-ops", engine.device(), "PyTorch");
    try {
      model.load(new ByteArrayInputStream(TorchScriptArchive.operators()));
    } catch (IOException | MalformedModelException e) {
      model.close();
      throw new IllegalStateException(
          "the engine does not take the operators: " + e.getMessage(), e);
    }
    return new TorchScriptOps(model, engine, precision);
  }

  @Override
  public NDArray groupNorm(NDArray x, int groups, NDArray weight, NDArray bias, double eps) {
    return run(
        narrow(x, groups) ? "narrow_group_norm" : "group_norm",
        x,
        integer(groups),
        weight,
        bias,
        real(eps));
  }

  @Override
  public NDArray groupNormSilu(NDArray x, int groups, NDArray weight, NDArray bias, double eps) {
    String form = packed().isEmpty() ? "" : narrow(x, groups) ? "narrow_" : "lean_";
    return run(form + "group_norm_silu", x, integer(groups), weight, bias, real(eps));
  }

  /**
   * Whether the engine's norm is slow: it goes through small maps that are channels-last group by
   * group, without vectors where a group has few channels.
   */
  private boolean narrow(NDArray x, int groups) {
    Shape shape = x.getShape();
    return packed().isPresent()
        && shape.dimension() == 4
        && shape.get(1) / groups < NARROW_GROUP
        && shape.get(2) * shape.get(3) < SMALL_MAP;
  }

  @Override
  public NDArray silu(NDArray x) {
    return run("silu", x);
  }

  @Override
  public NDArray gelu(NDArray x) {
    return run("gelu", x);
  }

  @Override
  public NDArray quickGelu(NDArray x) {
    return run("quick_gelu", x);
  }

  @Override
  public NDArray geglu(NDArray x) {
    return run(packed().isPresent() ? "lean_geglu" : "geglu", x);
  }

  @Override
  public NDArray attention(NDArray q, NDArray k, NDArray v, int heads, boolean causal) {
    Optional<PackedOps> now = packed();
    if (now.isEmpty()) {
      return run(causal ? "causal_attention" : "attention", q, k, v, integer(heads));
    }
    return !causal && now.get().roundsAttention()
        ? run("rounded_attention", q, k, v, integer(heads))
        : run("wide_attention", q, k, v, integer(heads), integer(causal ? 1 : 0));
  }

  @Override
  public NDArray resizeNearest(NDArray x, long height, long width) {
    return run("resize_nearest", x, integer(height), integer(width));
  }

  @Override
  public void adamW(NDArray p, NDArray g, NDArray m, NDArray v, AdamWStep step) {
    if (onCpu) {
      fusedAdamW(p, g, m, v, step);
    } else {
      composedAdamW(p, g, m, v, step);
    }
  }

  /** In one pass over memory; for the CPU. */
  private void fusedAdamW(NDArray p, NDArray g, NDArray m, NDArray v, AdamWStep step) {
    double[] numbers = {
      step.learningRate(), step.weightDecay(), step.beta1(), step.beta2(), step.epsilon(), step.t()
    };
    NDArray[] lists = {p, g, m, v};
    try (NDArray all = manager.create(numbers)) {
      NDList inputs = new NDList();
      for (int i = 0; i < lists.length; i++) {
        lists[i].setName("list" + i + "[]"); // a list of one: what the engine changes in place
        inputs.add(lists[i]);
      }
      all.setName(null);
      inputs.add(all);
      call("fused_adamw", inputs).close(); // another handle of p
    } finally {
      for (NDArray list : lists) {
        list.setName(null);
      }
    }
  }

  /** The same one operation after the other. */
  void composedAdamW(NDArray p, NDArray g, NDArray m, NDArray v, AdamWStep step) {
    double[] numbers = {
      step.keep(), step.beta1(), step.beta2(), step.correction(), step.epsilon(), step.size()
    };
    try (NDArray all = manager.create(numbers);
        NDArray unused = run("adamw", p, g, m, v, all)) {
      unused.setName(null); // another handle of p
    }
  }

  @Override
  public void put(NDArray target, long first, NDArray source, long count) {
    try (NDArray place = manager.create(new long[] {first, count});
        NDArray unused = run("put", target, source, place)) {
      unused.setName(null); // another handle of the target
    }
  }

  @Override
  public Optional<PackedOps> packed() {
    boolean now = packed != null && trainings == 0 && !JniUtils.isGradMode();
    return now ? Optional.of(packed) : Optional.empty();
  }

  @Override
  public Optional<MixedOps> mixed() {
    return mixing ? Optional.of(mixed) : Optional.empty();
  }

  @Override
  public void mixed(boolean open) {
    mixing = open;
  }

  @Override
  public void checkpointing(GradientCheckpointing ofLoss) {
    checkpointing = ofLoss;
  }

  @Override
  public Optional<GradientCheckpointing> checkpointing() {
    return Optional.ofNullable(checkpointing).filter(GradientCheckpointing::recording);
  }

  @Override
  public void training(boolean open) {
    trainings += open ? 1 : -1;
  }

  NDArray run(String method, NDArray... arguments) {
    NDList inputs = new NDList(arguments.length + 1);
    for (NDArray argument : arguments) {
      argument.setName(null); // names choose how DJL passes an argument
      inputs.add(argument);
    }
    return call(method, inputs);
  }

  private NDArray call(String method, NDList inputs) {
    inputs.add(methods.computeIfAbsent(method, this::marker));
    // Not "inference": its results could never enter a graph. Grad mode alone decides.
    return IValueUtils.forward(block, inputs, true).singletonOrThrow();
  }

  private NDArray marker(String method) {
    NDArray marker = manager.create(0f);
    marker.setName("module_method:" + method);
    return marker;
  }

  boolean onCpu() {
    return onCpu;
  }

  NDArray integer(long value) {
    return integers.computeIfAbsent(value, key -> manager.create(key));
  }

  private NDArray real(double value) {
    return reals.computeIfAbsent(value, key -> manager.create(new double[] {key}, new Shape()));
  }

  @Override
  public void close() {
    manager.close();
    model.close();
  }
}

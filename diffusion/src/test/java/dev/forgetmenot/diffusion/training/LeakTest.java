package dev.forgetmenot.diffusion.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.training.TrainingOptions;
import dev.forgetmenot.diffusion.ComponentFolders;
import dev.forgetmenot.diffusion.engine.EngineThread;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.engine.TorchScriptOps;
import dev.forgetmenot.diffusion.unet.UNet2DConditionModel;
import dev.forgetmenot.diffusion.weights.ModelParameter;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Long training keeps the number of arrays and the memory flat, and a session leaves nothing. */
class LeakTest {
  private static final int WARM_UP = 40;
  private static final int HALF = 120;
  private static final int STEPS = 200;

  /**
   * What 80 steps may add, in MB; one leaked graph a step would be five times as much. A leak grows
   * in both halves. What a system's allocator takes once, which differs between machines, is in
   * one.
   */
  private static final long ALLOWED_GROWTH = 24;

  private static final Path UNET = GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model/unet");

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @EnabledOnOs(OS.LINUX) // reads the resident memory from /proc
  void twoHundredStepsKeepArraysAndMemoryFlat(boolean checkpointing) throws IOException {
    try (EngineThread engine = EngineThread.start("cpu")) {
      engine.<Void, IOException>call(
          () -> {
            try (NDManager manager = engine.newManager();
                Ops ops = TorchScriptOps.create(engine);
                UNet2DConditionModel unet = ComponentFolders.unet(UNET, manager, ops)) {
              train(engine, ops, unet, manager, checkpointing);
              return null;
            }
          });
    }
  }

  private static void train(
      EngineThread engine,
      Ops ops,
      UNet2DConditionModel unet,
      NDManager manager,
      boolean checkpointing)
      throws IOException {
    Map<String, ModelParameter> parameters = new LinkedHashMap<>();
    unet.weights()
        .all()
        .forEach(parameter -> parameters.put("unet/" + parameter.name(), parameter));
    int width = unet.config().crossAttentionDim().get(0);
    NDArray latents = manager.randomNormal(new Shape(1, unet.config().inChannels(), 8, 8));
    NDArray context = manager.randomNormal(new Shape(1, 7, width));
    NDManager system = manager.getParentManager();
    TrainingOptions options =
        TrainingOptions.adamW(name -> name.contains("attn2"), 1e-4).checkpointing(checkpointing);
    try (TrainingSession first = TrainingSession.open(engine, ops, parameters, options)) {
      first.step(micro -> loss(unet, latents, context, micro)); // operators keep a few scalars
    }
    int arraysAtFirst = arrays(manager);
    int systemAtFirst = arrays(system);
    long warm = 0;
    long half = 0;
    int arraysWarm = 0;
    try (TrainingSession session = TrainingSession.open(engine, ops, parameters, options)) {
      for (int step = 1; step <= STEPS; step++) {
        session.step(micro -> loss(unet, latents, context, micro));
        if (step == WARM_UP) {
          warm = nativeMegabytes();
          arraysWarm = arrays(system);
        } else if (step == HALF) {
          half = nativeMegabytes();
        }
      }
      long end = nativeMegabytes();
      System.err.printf(
          "measured: %d and %d MB grown in %d steps each%n",
          half - warm, end - half, HALF - WARM_UP);
      assertThat(arrays(system)).as("arrays after warm-up and at the end").isEqualTo(arraysWarm);
      assertThat(Math.min(half - warm, end - half)).isLessThan(ALLOWED_GROWTH);
    }
    assertThat(arrays(manager)).as("arrays of the model").isEqualTo(arraysAtFirst);
    assertThat(arrays(system)).as("arrays of the process").isEqualTo(systemAtFirst);
  }

  private static NDArray loss(
      UNet2DConditionModel unet, NDArray latents, NDArray context, NDManager micro) {
    NDArray x = latents.reshape(latents.getShape());
    NDArray c = context.reshape(context.getShape());
    x.attach(micro);
    c.attach(micro);
    return unet.forward(x, new double[] {500}, c, AttentionHooks.NONE).square().mean();
  }

  /** All arrays below a manager. */
  private static int arrays(NDManager manager) {
    return manager.getManagedArrays().size();
  }

  /**
   * Resident memory outside of the Java heap, in MB. The heap's pages become resident when they are
   * first used: garbage is made until all have been.
   */
  private static long nativeMegabytes() throws IOException {
    long bytes = 0;
    for (long made = 0; made < 2 * Runtime.getRuntime().totalMemory(); made += 1 << 16) {
      bytes += new byte[1 << 16].length;
    }
    assertThat(bytes).isPositive();
    return residentMegabytes() - Runtime.getRuntime().totalMemory() / (1 << 20);
  }

  private static long residentMegabytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
      }
    }
    throw new IllegalStateException("/proc/self/status has no VmRSS");
  }
}

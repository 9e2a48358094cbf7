package dev.forgetmenot.diffusion.unet;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.api.attention.AttentionLayer;
import dev.forgetmenot.api.attention.AttentionObserver;
import dev.forgetmenot.api.model.TextCondition;
import dev.forgetmenot.diffusion.ComponentFolders;
import dev.forgetmenot.diffusion.Errors;
import dev.forgetmenot.diffusion.engine.ComputePrecision;
import dev.forgetmenot.diffusion.engine.EngineThread;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.engine.TorchScriptOps;
import dev.forgetmenot.diffusion.weights.ModelParameter;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is kept from step to step gives what computing it anew gives, whatever changes between. */
class FixedInputsTest {
  private static final double[] TIMESTEPS = {801, 401, 1};
  private static final String BLOCK = "mid_block.attentions.0.transformer_blocks.0.";

  /** A UNet, a batch of two and the inputs of its steps. */
  private record Sampling(UNet2DConditionModel unet, NDArray latents, FixedInputs inputs) {
    float[] kept(int step, AttentionHooks hooks) {
      try (NDArray found = unet.forward(latents, step, inputs, hooks, DeepFeatures.none())) {
        return floats(found);
      }
    }

    float[] anew(int step, AttentionHooks hooks) {
      double[] times = {TIMESTEPS[step], TIMESTEPS[step]};
      try (NDArray found = unet.forward(latents, times, inputs.condition(), hooks)) {
        return floats(found);
      }
    }

    private static float[] floats(NDArray found) {
      try (NDArray row = found.flatten()) { // the engine's copy of other layouts would stay open
        return row.toFloatArray();
      }
    }

    void check(int step, AttentionHooks hooks, double tolerance) {
      assertThat(Errors.ofLargest(kept(step, hooks), anew(step, hooks)))
          .as("step " + step)
          .isLessThan(tolerance);
    }

    ModelParameter weight(String name) {
      return unet.weights().get(name);
    }
  }

  private interface Check {
    void run(Sampling sampling);
  }

  private static void with(ComputePrecision precision, Check check) throws IOException {
    try (EngineThread engine = EngineThread.start("cpu")) {
      engine.<Void, IOException>call(
          () -> {
            try (Ops ops = TorchScriptOps.create(engine, precision);
                NDManager parent = engine.newManager();
                NDManager manager = parent.newSubManager();
                UNet2DConditionModel unet =
                    ComponentFolders.unet(
                        GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model/unet"),
                        parent,
                        ops)) {
              manager.getEngine().setRandomSeed(3);
              long width = unet.config().crossAttentionDim().get(0);
              NDArray latents = manager.randomNormal(0, 1, new Shape(2, 4, 8, 8), DataType.FLOAT32);
              NDArray context =
                  manager.randomNormal(0, 1, new Shape(2, 9, width), DataType.FLOAT32);
              unet.forward(latents, new double[] {1, 1}, context, AttentionHooks.NONE).close();
              int arrays = manager.getManagedArrays().size();
              try (FixedInputs inputs = new FixedInputs(TextCondition.of(context), TIMESTEPS)) {
                check.run(new Sampling(unet, latents, inputs));
                assertThat(manager.getManagedArrays().size()).isGreaterThan(arrays);
              }
              assertThat(manager.getManagedArrays().size()).as("left behind").isEqualTo(arrays);
              return null;
            }
          });
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F32_PACKED", "BF16"})
  void eachStepIsThatOfAPassByItself(ComputePrecision precision) throws IOException {
    double tolerance = precision == ComputePrecision.BF16 ? 0.03 : 1e-5;
    AttentionHooks looking = AttentionHooks.observing(new Looking());
    with(
        precision,
        sampling -> {
          for (int step = 0; step < TIMESTEPS.length; step++) {
            sampling.check(step, AttentionHooks.NONE, tolerance);
            sampling.check(step, looking, tolerance);
          }
        });
  }

  @Test
  void keysValuesAndShiftsAreComputedOnce() throws IOException {
    with(
        ComputePrecision.F32,
        sampling -> {
          float[] before = sampling.kept(0, AttentionHooks.NONE);
          for (String name : new String[] {BLOCK + "attn2.to_k", BLOCK + "attn2.to_v"}) {
            sampling.weight(name + ".weight").array().muli(3); // said to nobody
          }
          sampling.weight("mid_block.resnets.0.time_emb_proj.weight").array().muli(3);
          sampling.weight("time_embedding.linear_2.weight").array().muli(3);
          assertThat(sampling.kept(0, AttentionHooks.NONE)).isEqualTo(before);
          assertThat(sampling.anew(0, AttentionHooks.NONE)).isNotEqualTo(before);
        });
  }

  @Test
  void weightsThatBecomeOthersAreSeen() throws IOException {
    with(
        ComputePrecision.F32,
        sampling -> {
          for (String name :
              new String[] {
                BLOCK + "attn2.to_k.weight",
                BLOCK + "attn2.to_v.weight",
                "mid_block.resnets.0.time_emb_proj.weight",
                "mid_block.resnets.0.time_emb_proj.bias",
                "time_embedding.linear_1.weight",
                "time_embedding.linear_2.bias"
              }) {
            float[] before = sampling.kept(1, AttentionHooks.NONE);
            ModelParameter weight = sampling.weight(name);
            ModelParameter.State base =
                weight.exchange(
                    ModelParameter.State.of(weight.array().mul(3), Optional.of("trebled")));
            assertThat(sampling.kept(1, AttentionHooks.NONE)).as(name).isNotEqualTo(before);
            sampling.check(1, AttentionHooks.NONE, 1e-5);
            weight.exchange(base).close();
            assertThat(sampling.kept(1, AttentionHooks.NONE)).as(name).isEqualTo(before);
          }
        });
  }

  @Test
  void whatMayChangeInPlaceIsNotKept() throws IOException {
    with(
        ComputePrecision.F32,
        sampling -> {
          String[] names = {BLOCK + "attn2.to_k.weight", "time_embedding.linear_2.weight"};
          Arrays.stream(names).forEach(name -> sampling.weight(name).markChanged());
          for (int round = 0; round < 2; round++) {
            sampling.check(2, AttentionHooks.NONE, 1e-5);
            Arrays.stream(names).forEach(name -> sampling.weight(name).array().muli(1.5));
          }
        });
  }

  private static final class Looking implements AttentionObserver {
    @Override
    public boolean watches(AttentionLayer site) {
      return true;
    }

    @Override
    public void observe(AttentionLayer site, NDArray probabilities) {
      assertThat(probabilities.getShape().get(2)).isPositive();
    }
  }
}

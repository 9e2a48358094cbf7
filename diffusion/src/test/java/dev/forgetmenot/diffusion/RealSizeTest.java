package dev.forgetmenot.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.forgetmenot.api.attention.AttentionHooks;
import dev.forgetmenot.diffusion.engine.EngineThread;
import dev.forgetmenot.diffusion.engine.Ops;
import dev.forgetmenot.diffusion.engine.TorchScriptOps;
import dev.forgetmenot.diffusion.text.ClipTextEncoder;
import dev.forgetmenot.diffusion.unet.UNet2DConditionModel;
import dev.forgetmenot.diffusion.vae.AutoencoderKL;
import dev.forgetmenot.diffusion.vae.VaeTiling;
import dev.forgetmenot.diffusion.weights.RandomParameters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The published sizes with random weights: all three parts in memory, one guided step, one small
 * image.
 */
@Tag("slow")
class RealSizeTest {
  private static final int SEED = 1;
  private static final double GUIDANCE = 7.5;
  private static final long MEMORY_KB = 12L << 20;
  private static final Path STATUS = Path.of("/proc/self/status");

  /** Other tests of this JVM must not count: Linux forgets the peak so far when it is told 5. */
  @BeforeEach
  void forgetThePeak() throws IOException {
    Path forget = Path.of("/proc/self/clear_refs");
    if (Files.isWritable(forget)) {
      Files.writeString(forget, "5");
    }
  }

  @ParameterizedTest
  @EnumSource
  void oneGuidedStep(Published model) throws IOException {
    OptionalLong before = kilobytes("VmRSS:");
    try (EngineThread engine = EngineThread.start("cpu")) {
      engine.<Void, IOException>call(
          () -> {
            try (Ops ops = TorchScriptOps.create(engine);
                NDManager manager = engine.newManager()) {
              step(model, manager, ops);
              return null;
            }
          });
    }
    OptionalLong peak = kilobytes("VmHWM:");
    if (peak.isPresent() && before.isPresent()) {
      long added = peak.getAsLong() - before.getAsLong();
      System.err.println("memory that " + model + " took at most: " + (added >> 10) + " MB");
      assertThat(added).isBetween(0L, MEMORY_KB);
    }
  }

  private static void step(Published model, NDManager manager, Ops ops) throws IOException {
    var textConfig = model.textEncoder();
    var unetConfig = model.unet();
    var vaeConfig = model.vae();
    try (ClipTextEncoder text =
            new ClipTextEncoder(
                textConfig,
                RandomParameters.of(manager, ClipTextEncoder.parameterShapes(textConfig), SEED),
                ops);
        UNet2DConditionModel unet =
            new UNet2DConditionModel(
                unetConfig,
                RandomParameters.of(
                    manager, UNet2DConditionModel.parameterShapes(unetConfig), SEED),
                ops);
        AutoencoderKL vae =
            new AutoencoderKL(
                vaeConfig,
                RandomParameters.of(manager, AutoencoderKL.parameterShapes(vaeConfig), SEED),
                ops,
                VaeTiling.AUTO)) {
      assertThat(unet.weights().all().stream().mapToLong(one -> one.shape().size()).sum())
          .isEqualTo(model.unetParameters());
      List<Integer> ids = Collections.nCopies(77, 320);
      NDArray context = text.encode(text.embed(manager, List.of(ids, ids)), 1);
      assertThat(context.getShape()).isEqualTo(new Shape(2, 77, textConfig.encoder().width()));
      NDArray latents = manager.randomNormal(0, 1, new Shape(1, 4, 64, 64), DataType.FLOAT32);
      NDArray both = latents.concat(latents, 0);
      NDArray out = unet.forward(both, new double[] {981, 981}, context, AttentionHooks.NONE);
      NDArray without = out.get("0:1");
      NDArray guided = out.get("1:2").sub(without).mul(GUIDANCE).add(without);
      assertThat(guided.getShape()).isEqualTo(latents.getShape());
      assertFinite(guided);
      NDArray image = vae.decode(guided.get(":, :, 0:16, 0:16"));
      assertThat(image.getShape()).isEqualTo(new Shape(1, 3, 128, 128));
      assertFinite(image);
    }
  }

  private static void assertFinite(NDArray array) {
    for (float value : array.toFloatArray()) {
      assertThat(value).isFinite();
    }
  }

  /** Resident memory of this process, now or at its peak, where the system tells. */
  private static OptionalLong kilobytes(String field) throws IOException {
    if (!Files.exists(STATUS)) {
      return OptionalLong.empty();
    }
    return Files.readAllLines(STATUS).stream()
        .filter(line -> line.startsWith(field))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst();
  }
}

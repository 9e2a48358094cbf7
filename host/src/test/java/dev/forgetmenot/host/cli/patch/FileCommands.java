package dev.forgetmenot.host.cli.patch;

import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.diffusion.pipeline.ModelOnDisk;
import dev.forgetmenot.host.cli.ProgramRun;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patch.edit.LowRankEdit;
import dev.forgetmenot.patch.edit.TargetPattern;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import dev.forgetmenot.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

/** Files that the commands on patches take, and how they are run. */
abstract class FileCommands {
  static final Path MODEL = GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model");
  static final String KEYS = "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.weight";
  static final String STEM = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k";
  static final String SECRET = "a folder that nobody should see";

  @TempDir Path folder;

  ProgramRun run(String... args) {
    String[] all = new String[args.length + 1];
    all[0] = "patch";
    System.arraycopy(args, 0, all, 1, args.length);
    return ProgramRun.of(all);
  }

  String at(String name) {
    return folder.resolve(name).toString();
  }

  static float[] random(long seed, int size, double scale) {
    Random random = new Random(seed);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) (scale * random.nextGaussian());
    }
    return values;
  }

  Path lora() throws IOException {
    Path file = folder.resolve("A Small One.safetensors");
    new SafetensorsWriter()
        .metadata("ss_dataset_dirs", SECRET)
        .add(STEM + ".lora_down.weight", DType.F32, new long[] {2, 32}, random(1, 64, 0.1))
        .add(STEM + ".lora_up.weight", DType.F32, new long[] {32, 2}, random(2, 64, 0.1))
        .add(STEM + ".alpha", DType.F32, new long[0], new float[] {1})
        .write(file);
    return file;
  }

  ProgramRun imported(Path file, String patch, String... more) {
    return run(
        Stream.concat(
                Stream.of("import", file.toString(), "--model", MODEL.toString(), "-o", at(patch)),
                Stream.of(more))
            .toArray(String[]::new));
  }

  String text(String name) throws IOException {
    return Files.readString(folder.resolve(name), StandardCharsets.ISO_8859_1);
  }

  /** W(I − l·rᵀ) for every key of cross attention, by diffusers' names, as UCE's script saves. */
  Path replaced(Path model) throws IOException {
    Path file = folder.resolve("uce.safetensors");
    SafetensorsWriter writer = new SafetensorsWriter();
    try (ModelOnDisk stored = ModelOnDisk.open(model)) {
      BaseTensors base = stored.base().tensors();
      for (String target :
          new TargetPattern("unet/*.attn2.to_k.weight").among(base.names("unet"))) {
        String name = target.substring(5);
        long[] shape = base.shape("unet", name);
        int d = (int) shape[1];
        float[] left = random(5, d, 0.1);
        float[] right = random(6, d, 0.1);
        float[] w = base.floats("unet", name);
        float[] edited = new float[w.length];
        for (int row = 0; row < shape[0]; row++) {
          double seen = 0;
          for (int j = 0; j < d; j++) {
            seen += (double) w[row * d + j] * left[j];
          }
          for (int j = 0; j < d; j++) {
            edited[row * d + j] = (float) (w[row * d + j] - seen * right[j]);
          }
        }
        writer.add(name, DType.F32, shape, edited);
      }
    }
    writer.write(file);
    return file;
  }

  static LowRank factors(PatchFile patch) throws IOException {
    LowRankEdit edit = (LowRankEdit) patch.edit(patch.manifest().edits().get(0));
    return edit.factors().get("unet/" + KEYS);
  }
}

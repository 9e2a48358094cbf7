package dev.forgetmenot.testkit;

import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsLimits;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import dev.forgetmenot.safetensors.ShardedSafetensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Writes a model folder as one file under the original names of latent diffusion, with what
 * training leaves in such files. The rules for names stand here a second time, as patterns, so that
 * they check those of the program.
 */
public final class SingleFile {
  private static final Map<String, String> RESNET =
      Map.of(
          "norm1", "in_layers.0",
          "conv1", "in_layers.2",
          "time_emb_proj", "emb_layers.1",
          "norm2", "out_layers.0",
          "conv2", "out_layers.3",
          "conv_shortcut", "skip_connection");

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Tensor(long[] shape, float[] values) {}

  private final Path folder;
  private final DType dtype;
  private final Map<String, Tensor> tensors = new TreeMap<>();
  private final SafetensorsWriter writer = new SafetensorsWriter();

  private SingleFile(Path folder, DType dtype) {
    this.folder = folder;
    this.dtype = dtype;
  }

  /**
   * Writes {@code NAME.safetensors}, and beside it {@code NAME.config} with the small files of the
   * folder.
   *
   * @param folder in diffusers' layout
   * @param dtype of the weights in the file
   */
  public static void write(Path folder, Path file, DType dtype) throws IOException {
    SafetensorsWriter writer = tensors(folder, dtype);
    writer.write(file);
    Path config =
        file.resolveSibling(
            file.getFileName().toString().replaceFirst("\\.safetensors$", ".config"));
    for (String small :
        List.of(
            "unet/config.json",
            "vae/config.json",
            "text_encoder/config.json",
            "scheduler/scheduler_config.json",
            "tokenizer/tokenizer_config.json",
            "tokenizer/vocab.json",
            "tokenizer/merges.txt")) {
      for (String name :
          List.of(small, small.replaceFirst("^(text_encoder|tokenizer)/", "$1_2/"))) {
        if (Files.exists(folder.resolve(name)) && !Files.exists(config.resolve(name))) {
          Files.createDirectories(config.resolve(name).getParent());
          Files.copy(folder.resolve(name), config.resolve(name));
        }
      }
    }
  }

  /** The tensors of such a file; more may be added. */
  public static SafetensorsWriter tensors(Path folder, DType dtype) throws IOException {
    SingleFile file = new SingleFile(folder, dtype);
    file.unet();
    file.vae();
    boolean linear =
        file.tensors.get("model.diffusion_model.middle_block.1.proj_in.weight").shape().length == 2;
    if (Files.isDirectory(folder.resolve("text_encoder_2"))) {
      file.clip("conditioner.embedders.0.transformer.");
      file.openClip("text_encoder_2", "conditioner.embedders.1.model.", true);
    } else if (linear) {
      file.openClip("text_encoder", "cond_stage_model.model.", false);
    } else {
      file.clip("cond_stage_model.transformer.");
    }
    file.leftovers();
    file.tensors.forEach(
        (name, tensor) -> file.writer.add(name, dtype, tensor.shape(), tensor.values()));
    return file.writer;
  }

  private Map<String, Tensor> read(String component, String base) throws IOException {
    Map<String, Tensor> read = new TreeMap<>();
    try (var files =
        ShardedSafetensors.open(folder.resolve(component), base, SafetensorsLimits.MODEL)) {
      for (String name : files.tensors().keySet()) {
        if (!name.endsWith("position_ids")) {
          read.put(name, new Tensor(files.tensors().get(name).shape(), files.floats(name)));
        }
      }
    }
    return read;
  }

  private void unet() throws IOException {
    Map<String, Tensor> unet = read("unet", "diffusion_pytorch_model");
    int layers = count(unet, "down_blocks.0.resnets.");
    unet.forEach(
        (name, tensor) ->
            tensors.put(
                "model.diffusion_model."
                    + unetName(
                        name,
                        layers,
                        block ->
                            unet.containsKey("up_blocks." + block + ".attentions.0.norm.weight")),
                tensor));
  }

  private static int count(Map<String, Tensor> tensors, String start) {
    int count = 0;
    while (tensors.containsKey(start + count + ".conv1.weight")) {
      count++;
    }
    return count;
  }

  private static String unetName(String canonical, int layers, IntPredicate attention) {
    String name =
        canonical
            .replaceFirst("^conv_in\\.", "input_blocks.0.0.")
            .replaceFirst("^conv_norm_out\\.", "out.0.")
            .replaceFirst("^conv_out\\.", "out.2.")
            .replaceFirst("^add_embedding\\.linear_1\\.", "label_emb.0.0.")
            .replaceFirst("^add_embedding\\.linear_2\\.", "label_emb.0.2.")
            .replaceFirst("^time_embedding\\.linear_1\\.", "time_embed.0.")
            .replaceFirst("^time_embedding\\.linear_2\\.", "time_embed.2.")
            .replaceFirst("^mid_block\\.attentions\\.0\\.", "middle_block.1.")
            .replaceFirst("^mid_block\\.resnets\\.0\\.", "middle_block.0.RESNET.")
            .replaceFirst("^mid_block\\.resnets\\.1\\.", "middle_block.2.RESNET.");
    name =
        replace(
            name,
            "^down_blocks\\.(\\d+)\\.(resnets|attentions)\\.(\\d+)\\.",
            m ->
                "input_blocks."
                    + (1 + number(m, 1) * (layers + 1) + number(m, 3))
                    + (m.group(2).equals("resnets") ? ".0.RESNET." : ".1."));
    name =
        replace(
            name,
            "^down_blocks\\.(\\d+)\\.downsamplers\\.0\\.conv\\.",
            m -> "input_blocks." + (number(m, 1) + 1) * (layers + 1) + ".0.op.");
    name =
        replace(
            name,
            "^up_blocks\\.(\\d+)\\.(resnets|attentions)\\.(\\d+)\\.",
            m ->
                "output_blocks."
                    + (number(m, 1) * (layers + 1) + number(m, 3))
                    + (m.group(2).equals("resnets") ? ".0.RESNET." : ".1."));
    name =
        replace(
            name,
            "^up_blocks\\.(\\d+)\\.upsamplers\\.0\\.conv\\.",
            m ->
                "output_blocks."
                    + ((number(m, 1) + 1) * (layers + 1) - 1)
                    + (attention.test(number(m, 1)) ? ".2.conv." : ".1.conv."));
    return replace(
        name, "RESNET\\.(\\w+)\\.", m -> RESNET.getOrDefault(m.group(1), m.group(1)) + ".");
  }

  private void vae() throws IOException {
    Map<String, Tensor> vae = read("vae", "diffusion_pytorch_model");
    int levels = 1;
    while (vae.containsKey("encoder.down_blocks." + levels + ".resnets.0.conv1.weight")) {
      levels++;
    }
    for (Map.Entry<String, Tensor> entry : vae.entrySet()) {
      String name = vaeName(entry.getKey(), levels - 1);
      Tensor tensor = entry.getValue();
      boolean pointwise = name.contains(".attn_1.") && tensor.shape().length == 2;
      long[] shape = tensor.shape();
      tensors.put(
          "first_stage_model." + name,
          pointwise ? new Tensor(new long[] {shape[0], shape[1], 1, 1}, tensor.values()) : tensor);
    }
  }

  private static String vaeName(String canonical, int last) {
    String name =
        canonical
            .replaceFirst("mid_block\\.attentions\\.0\\.group_norm", "mid.attn_1.norm")
            .replaceFirst("mid_block\\.attentions\\.0\\.(to_q|query)\\.", "mid.attn_1.q.")
            .replaceFirst("mid_block\\.attentions\\.0\\.(to_k|key)\\.", "mid.attn_1.k.")
            .replaceFirst("mid_block\\.attentions\\.0\\.(to_v|value)\\.", "mid.attn_1.v.")
            .replaceFirst(
                "mid_block\\.attentions\\.0\\.(to_out\\.0|proj_attn)\\.", "mid.attn_1.proj_out.")
            .replaceFirst("mid_block\\.resnets\\.0\\.", "mid.block_1.")
            .replaceFirst("mid_block\\.resnets\\.1\\.", "mid.block_2.")
            .replaceFirst("conv_norm_out", "norm_out")
            .replaceFirst("conv_shortcut", "nin_shortcut")
            .replaceFirst("downsamplers\\.0\\.", "downsample.")
            .replaceFirst("upsamplers\\.0\\.", "upsample.")
            .replaceFirst("resnets\\.", "block.")
            .replaceFirst("down_blocks\\.", "down.");
    return replace(name, "up_blocks\\.(\\d+)\\.", m -> "up." + (last - number(m, 1)) + ".");
  }

  private void clip(String prefix) throws IOException {
    read("text_encoder", "model")
        .forEach(
            (name, tensor) ->
                tensors.put(
                    prefix + (name.startsWith("text_model.") ? name : "text_model." + name),
                    tensor));
    writer.add(prefix + "text_model.embeddings.position_ids", new long[] {1, 2}, new long[] {0, 1});
  }

  private void openClip(String component, String prefix, boolean whole) throws IOException {
    Map<String, Tensor> read = read(component, "model");
    Tensor projection = read.remove("text_projection.weight");
    tensors.put(prefix + "logit_scale", new Tensor(new long[0], new float[] {4.6f}));
    int unused = 0;
    for (Map.Entry<String, Tensor> entry : read.entrySet()) {
      String name = entry.getKey().replaceFirst("^text_model\\.", "");
      if (name.startsWith("encoder.layers.")) {
        unused =
            Math.max(
                unused,
                1 + Integer.parseInt(name.replaceFirst("encoder\\.layers\\.(\\d+)\\..*", "$1")));
      }
      if (!name.matches(".*self_attn\\.[qkv]_proj\\..*")) {
        tensors.put(prefix + openClipName(name), entry.getValue());
      } else if (name.contains("q_proj")) {
        tensors.put(prefix + openClipName(name), fused(read, entry.getKey()));
      }
    }
    if (whole) {
      tensors.put(prefix + "text_projection", transposed(projection));
      return;
    }
    // The layer that the published files have and no image needs.
    String last = prefix + "transformer.resblocks." + unused + ".";
    for (String part : List.of("ln_1.weight", "attn.in_proj_weight", "mlp.c_fc.bias")) {
      String like = prefix + "transformer.resblocks.0." + part;
      tensors.put(last + part, tensors.get(like));
    }
    tensors.put(prefix + "text_projection", new Tensor(new long[] {2, 2}, new float[4]));
  }

  /** OpenCLIP multiplies states by its projection from the left. */
  private static Tensor transposed(Tensor matrix) {
    int rows = (int) matrix.shape()[0];
    int columns = (int) matrix.shape()[1];
    float[] values = new float[rows * columns];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        values[column * rows + row] = matrix.values()[row * columns + column];
      }
    }
    return new Tensor(new long[] {columns, rows}, values);
  }

  private static Tensor fused(Map<String, Tensor> read, String query) {
    Tensor q = read.get(query);
    Tensor k = read.get(query.replace("q_proj", "k_proj"));
    Tensor v = read.get(query.replace("q_proj", "v_proj"));
    int size = q.values().length;
    float[] all = Arrays.copyOf(q.values(), 3 * size);
    System.arraycopy(k.values(), 0, all, size, size);
    System.arraycopy(v.values(), 0, all, 2 * size, size);
    long[] shape = q.shape().clone();
    shape[0] *= 3;
    return new Tensor(shape, all);
  }

  private static String openClipName(String name) {
    return name.replaceFirst("^embeddings\\.token_embedding", "token_embedding")
        .replaceFirst("^embeddings\\.position_embedding\\.weight", "positional_embedding")
        .replaceFirst("^final_layer_norm", "ln_final")
        .replaceFirst("^encoder\\.layers\\.", "transformer.resblocks.")
        .replaceFirst("layer_norm([12])", "ln_$1")
        .replaceFirst("mlp\\.fc1", "mlp.c_fc")
        .replaceFirst("mlp\\.fc2", "mlp.c_proj")
        .replaceFirst("self_attn\\.q_proj\\.", "attn.in_proj_")
        .replaceFirst("self_attn\\.out_proj", "attn.out_proj");
  }

  private void leftovers() {
    writer.add("alphas_cumprod", new long[] {2}, new long[] {1, 0});
    writer.add("model_ema.decay", DType.F32, new long[0], new float[] {0.99f});
    ByteBuffer updates = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(0, 7);
    writer.add("model_ema.num_updates", DType.I32, new long[0], updates);
    writer.add(
        "model_ema.diffusion_modelinput_blocks00weight", dtype, new long[] {1}, new float[1]);
  }

  private static int number(MatchResult match, int group) {
    return Integer.parseInt(match.group(group));
  }

  private static String replace(
      String text, String pattern, java.util.function.Function<MatchResult, String> replacement) {
    return Pattern.compile(pattern).matcher(text).replaceFirst(replacement);
  }
}

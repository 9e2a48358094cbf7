package dev.forgetmenot.benchmarks;

import dev.forgetmenot.api.model.BaseModel;
import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.api.model.TokenizerIdentity;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.safetensors.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Random weights in the shapes of the cross attention of Stable Diffusion 1.5 (16 layers, queries,
 * keys, values and outputs), outside of Java's heap as mapped files are. Of the text encoder there
 * is one small weight: its identity is measured apart.
 */
final class RandomBase implements BaseTensors {
  /** Width of the text embedding. */
  public static final int WIDTH = 768;

  private static final String TEXT_ENCODER = "text_encoder";

  private final Map<String, Map<String, ByteBuffer>> tensors = new LinkedHashMap<>();
  private final Map<String, long[]> shapes = new LinkedHashMap<>();
  private final Map<String, String> leaves = new HashMap<>();
  private final SplittableRandom random = new SplittableRandom(1);

  /** Makes the weights. */
  public RandomBase() {
    tensors.put("unet", new LinkedHashMap<>());
    tensors.put(TEXT_ENCODER, new LinkedHashMap<>());
    int[] down = {320, 640, 1280};
    for (int block = 0; block < down.length; block++) {
      for (int layer = 0; layer < 2; layer++) {
        addLayer("down_blocks." + block + ".attentions." + layer, down[block]);
      }
    }
    addLayer("mid_block.attentions.0", 1280);
    int[] up = {1280, 640, 320};
    for (int block = 0; block < up.length; block++) {
      for (int layer = 0; layer < 3; layer++) {
        addLayer("up_blocks." + (block + 1) + ".attentions." + layer, up[block]);
      }
    }
    add(TEXT_ENCODER, "text_model.final_layer_norm.weight", WIDTH);
  }

  private void addLayer(String name, int channels) {
    String attention = name + ".transformer_blocks.0.attn2.";
    add("unet", attention + "to_q.weight", channels, channels);
    add("unet", attention + "to_k.weight", channels, WIDTH);
    add("unet", attention + "to_v.weight", channels, WIDTH);
    add("unet", attention + "to_out.0.weight", channels, channels);
  }

  private void add(String component, String name, long... shape) {
    int count = 1;
    for (long length : shape) {
      count *= (int) length;
    }
    double bound = Math.sqrt(3.0 / shape[shape.length - 1]);
    ByteBuffer buffer =
        ByteBuffer.allocateDirect(Float.BYTES * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      buffer.putFloat((float) random.nextDouble(-bound, bound));
    }
    buffer.flip();
    tensors.get(component).put(name, buffer);
    shapes.put(component + "/" + name, shape);
  }

  /** The base. */
  public BaseModel model() {
    String digest = Sha256.hex("a vocabulary".getBytes(StandardCharsets.UTF_8));
    return new BaseModel(
        this,
        TokenizerIdentity.of(digest, digest),
        "stable-diffusion-v1",
        "random weights of SD 1.5's size");
  }

  /** Names in the unet that end so. */
  public List<String> ending(String... endings) {
    return names("unet").stream()
        .filter(name -> List.of(endings).stream().anyMatch(name::endsWith))
        .toList();
  }

  @Override
  public Set<String> names(String component) {
    return Collections.unmodifiableSet(tensors.getOrDefault(component, Map.of()).keySet());
  }

  @Override
  public DType dtype(String component, String name) {
    return DType.F32;
  }

  @Override
  public long[] shape(String component, String name) {
    return shapes.get(component + "/" + name).clone();
  }

  @Override
  public ByteBuffer bytes(String component, String name) {
    return tensors.get(component).get(name).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public float[] floats(String component, String name) {
    ByteBuffer bytes = bytes(component, name);
    float[] values = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(values);
    return values;
  }

  @Override
  public String leaf(String component, String name) throws IOException {
    String key = component + "/" + name;
    if (!leaves.containsKey(key)) {
      leaves.put(key, BaseTensors.super.leaf(component, name));
    }
    return leaves.get(key);
  }

  @Override
  public String source(String component) {
    return "random weights";
  }
}

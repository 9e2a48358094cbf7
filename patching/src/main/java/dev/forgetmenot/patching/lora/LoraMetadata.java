package dev.forgetmenot.patching.lora;

import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the header of a written LoRA says: ModelSpec 1.0.1, and the least that sd-scripts' tools
 * look for.
 *
 * @param manifest of the patch
 * @param patchId its id, hex
 * @param strength at which it is written
 * @param products what is written
 */
public record LoraMetadata(
    Manifest manifest, String patchId, double strength, Collection<LowRank> products) {
  private static final String VERSION_2 = "stable-diffusion-v2";
  private static final String XL = "stable-diffusion-xl-v1-base";
  private static final String VELOCITY = "stable-diffusion-v2-768-v";

  /**
   * The entries.
   *
   * @param writer holds the tensors, whose bytes are digested
   * @throws IOException if values are read from a file, and cannot be
   */
  public Map<String, String> of(SafetensorsWriter writer) throws IOException {
    String architecture = manifest.architecture();
    Map<String, String> entries = new TreeMap<>();
    entries.put("modelspec.sai_model_spec", "1.0.1");
    entries.put("modelspec.architecture", architecture + "/lora");
    entries.put("modelspec.implementation", "diffusers");
    entries.put("modelspec.title", manifest.name());
    entries.put("modelspec.description", manifest.description());
    entries.put("modelspec.date", manifest.created());
    entries.put("modelspec.hash_sha256", "0x" + digest(writer));
    if (!manifest.license().isEmpty()) {
      entries.put("modelspec.license", manifest.license());
    }
    if (!manifest.authors().isEmpty()) {
      entries.put("modelspec.author", String.join(", ", manifest.authors()));
    }
    if (architecture.equals(XL)) {
      entries.put("modelspec.resolution", "1024x1024");
      entries.put("ss_base_model_version", "sdxl_base_v1-0");
      entries.put("ss_v2", "False");
    } else if (!architecture.equals("other")) {
      boolean velocity = architecture.equals(VELOCITY);
      entries.put("modelspec.resolution", velocity ? "768x768" : "512x512");
      entries.put("modelspec.prediction_type", velocity ? "v" : "epsilon");
      boolean second = architecture.startsWith(VERSION_2);
      entries.put("ss_base_model_version", second ? "sd_v2" : "sd_v1");
      entries.put("ss_v2", second ? "True" : "False");
    }
    entries.put("ss_network_module", "networks.lora");
    entries.put("ss_network_dim", one(products.stream().map(p -> (double) p.rank()).toList()));
    entries.put("ss_network_alpha", one(products.stream().map(LowRank::alpha).toList()));
    entries.put("ss_network_args", "{}");
    entries.put("fmn.patch", manifest.name() + "@" + manifest.patchVersion());
    entries.put("fmn.patch_id", patchId);
    entries.put("fmn.strength", String.valueOf(strength));
    return entries;
  }

  /** The one value, or the word that other tools have for several. */
  private static String one(Collection<Double> values) {
    TreeSet<Double> distinct = new TreeSet<>(values);
    if (distinct.size() != 1) {
      return "Dynamic";
    }
    double value = distinct.first();
    return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
  }

  /** SHA-256 of what follows the header, hex; nothing is kept of it. */
  private static String digest(SafetensorsWriter writer) throws IOException {
    MessageDigest sha = Sha256.digest();
    try (OutputStream digested = new DigestOutputStream(OutputStream.nullOutputStream(), sha)) {
      writer.writeValuesTo(Channels.newChannel(digested));
    }
    return HexFormat.of().formatHex(sha.digest());
  }
}

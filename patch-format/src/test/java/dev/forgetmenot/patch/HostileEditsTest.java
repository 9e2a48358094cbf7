package dev.forgetmenot.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import dev.forgetmenot.testkit.hostile.CraftedZip;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Patches of the later kinds whose manifests or tensors lie. */
class HostileEditsTest {
  private static final String MANIFEST = "manifest.json";

  @TempDir Path folder;
  private Path file;
  private String json;

  @BeforeEach
  void writeAGoodPatch() throws IOException {
    file = folder.resolve("a.fmnpatch");
    PatchWriter.write(
        file,
        SampleEdits.draft(SampleEdits.all(), Map.of()),
        SampleEdits.base(34),
        "stable-diffusion-v1",
        SampleEdits.CREATED);
    try (PatchFile patch = PatchFile.open(file)) {
      json = new String(patch.content(MANIFEST), StandardCharsets.UTF_8);
    }
  }

  private void assertManifest(PatchError error, String... changes) {
    String changed = json;
    for (int i = 0; i < changes.length; i += 2) {
      assertThat(changed).contains(changes[i]);
      changed = changed.replace(changes[i], changes[i + 1]);
    }
    byte[] bytes = changed.getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> ManifestReader.read("x", bytes))
        .isInstanceOfSatisfying(
            PatchFormatException.class,
            e -> assertThat(e.error()).as(e.getMessage()).isEqualTo(error));
  }

  @Test
  void manifests() throws IOException {
    ManifestReader.read("x", json.getBytes(StandardCharsets.UTF_8));
    // ranks and alphas
    assertManifest(PatchError.RANK_OR_ALPHA, "\"rank\": 2", "\"rank\": 0");
    assertManifest(PatchError.RANK_OR_ALPHA, "\"rank\": 2", "\"rank\": 1025");
    assertManifest(PatchError.RANK_OR_ALPHA, "\"alpha\": 4.0", "\"alpha\": 0");
    assertManifest(PatchError.RANK_OR_ALPHA, "\"alpha\": 4.0", "\"alpha\": -4");
    assertManifest(PatchError.TYPE_OR_RANGE, "\"alpha\": 4.0", "\"alpha\": 1e999");
    // scales, widths, counts
    assertManifest(PatchError.TYPE_OR_RANGE, "\"lambda\": 0.5", "\"lambda\": 0");
    assertManifest(PatchError.TYPE_OR_RANGE, "\"eraseScale\": 1.0", "\"eraseScale\": -1");
    assertManifest(PatchError.TYPE_OR_RANGE, "\"preserveScale\": 1.0", "\"preserveScale\": -1");
    assertManifest(PatchError.TYPE_OR_RANGE, "\"columns\": 1", "\"columns\": 4097");
    assertManifest(PatchError.TYPE_OR_RANGE, "\"columns\": 1", "\"columns\": 0");
    assertManifest(PatchError.TYPE_OR_RANGE, "\"directions\": 2", "\"directions\": 0");
    assertManifest(PatchError.TYPE_OR_RANGE, "\"width\": 8", "\"width\": 0");
    assertManifest(PatchError.TYPE_OR_RANGE, "\"vectors\": 2", "\"vectors\": 100000");
    assertManifest(PatchError.TYPE_OR_RANGE, "\"token\": \"<s1>\"", "\"token\": \"a b\"");
    assertManifest(PatchError.TYPE_OR_RANGE, "\"sides\": \"kv\"", "\"sides\": \"q\"");
    assertManifest(PatchError.UNKNOWN_MEMBER, "\"lambda\":", "\"colour\": 1, \"lambda\":");
    assertManifest(PatchError.UNKNOWN_MEMBER, "\"directions\":", "\"rank\": 1, \"directions\":");
    // patterns
    assertManifest(PatchError.TYPE_OR_RANGE, "unet/*.attn2.to_k.weight", "unet/../x");
    assertManifest(PatchError.TYPE_OR_RANGE, "unet/*.attn2.to_k.weight", "*");
    assertManifest(PatchError.INCONSISTENT, "unet/*.attn2.to_k.weight", "vae/*.attn2.to_k.weight");
    assertManifest(PatchError.INCONSISTENT, "unet/*.attn2.to_k.weight", "unet/*.attn2.to_v.weight");
    // sides that are not those of the targets
    assertManifest(PatchError.INCONSISTENT, "\"sides\": \"kv\"", "\"sides\": \"v\"");
    assertManifest(PatchError.INCONSISTENT, "\"sides\": \"kv\"", "\"sides\": \"k\"");
    assertManifest(PatchError.INCONSISTENT, "unet/*.attn2.to_k.weight", "unet/*.attn2.to_q.weight");
    // names that meet
    assertManifest(PatchError.INCONSISTENT, "\"token\": \"<s2>\"", "\"token\": \"<s1>\"");
    assertManifest(PatchError.INCONSISTENT, "lowrank-unet", "projector-unet");
    assertManifest(
        PatchError.INCONSISTENT, "\"target\": \"unet/conv_in.weight\"", "\"target\": \"vae/conv\"");
    // a base that says too little
    assertManifest(PatchError.INCONSISTENT, "\"touched\": 34", "\"touched\": 1");
    assertManifest(PatchError.TYPE_OR_RANGE, "\"touched\": 34", "\"touched\": 0");
    assertManifest(PatchError.INCONSISTENT, "\"touched\": 34", "\"leaves\": {}");
    assertManifest(PatchError.UNKNOWN_MEMBER, "\"textEncoder\"", "\"encoder\"");
    assertManifest(PatchError.INCONSISTENT, "\"minor\": 1", "\"minor\": 0");
    String encoder = json.substring(json.indexOf("\"textEncoder\""), json.indexOf("\"tokenizer\""));
    assertManifest(PatchError.INCONSISTENT, encoder, "");
  }

  /** The good patch with other tensors of one kind, and a manifest with the right digests. */
  private void assertTensors(
      PatchError error, String kind, SafetensorsWriter tensors, UnaryOperator<String> manifest)
      throws IOException {
    String entry = "tensors/" + kind + ".safetensors";
    byte[] bytes = tensors.toBytes();
    CraftedZip zip = new CraftedZip();
    String changed = manifest.apply(json);
    PatchWriter.write(
        file,
        SampleEdits.draft(SampleEdits.all(), Map.of()),
        SampleEdits.base(34),
        "stable-diffusion-v1",
        SampleEdits.CREATED);
    try (PatchFile patch = PatchFile.open(file)) {
      byte[] old = patch.content(entry);
      int at = changed.indexOf("\"path\": \"" + entry);
      String size = "\"size\": ";
      changed =
          changed.substring(0, at)
              + changed
                  .substring(at)
                  .replaceFirst(size + old.length, size + bytes.length)
                  .replace(Sha256.hex(old), Sha256.hex(bytes));
      zip.add("mimetype", patch.content("mimetype"));
      zip.add(MANIFEST, changed.getBytes(StandardCharsets.UTF_8));
      for (Manifest.Entry one : patch.manifest().entries()) {
        zip.add(one.path(), one.path().equals(entry) ? bytes : patch.content(one.path()));
      }
    }
    Files.write(file, zip.bytes());
    if (error == null) {
      PatchFile.open(file).close();
      return;
    }
    assertThatThrownBy(() -> PatchFile.open(file).close())
        .isInstanceOfSatisfying(
            PatchFormatException.class,
            e -> assertThat(e.error()).as(e.getMessage()).isEqualTo(error));
  }

  private static SafetensorsWriter add(
      SafetensorsWriter writer, String name, float first, long... shape) {
    int count = 1;
    for (long size : shape) {
      count *= (int) size;
    }
    float[] values = new float[count];
    values[0] = first;
    return writer.add(name, DType.F32, shape, values);
  }

  private static SafetensorsWriter lowRank(int rank, int in, float first) {
    SafetensorsWriter w = new SafetensorsWriter();
    add(w, "unet/mid.attn2.to_q.weight.down", first, rank, in);
    add(w, "unet/mid.attn2.to_q.weight.up", 1, 6, rank);
    add(w, "unet/conv_in.weight.down", 1, 1, 3, 3, 3);
    return add(w, "unet/conv_in.weight.up", 1, 4, 1, 1, 1);
  }

  @Test
  void factors() throws IOException {
    assertTensors(null, "lowrank", lowRank(2, 5, 1), m -> m);
    assertTensors(PatchError.RANK_OR_ALPHA, "lowrank", lowRank(3, 5, 1), m -> m);
    assertTensors(PatchError.TENSOR_SHAPE, "lowrank", lowRank(2, 6, 1), m -> m);
    assertTensors(PatchError.NON_FINITE, "lowrank", lowRank(2, 5, Float.NaN), m -> m);
    assertTensors(
        PatchError.UNDECLARED_OR_MISSING, "lowrank", add(lowRank(2, 5, 1), "x", 1, 1), m -> m);
    SafetensorsWriter flat = new SafetensorsWriter();
    add(flat, "unet/mid.attn2.to_q.weight.down", 1, 2, 5);
    add(flat, "unet/mid.attn2.to_q.weight.up", 1, 6, 2);
    add(flat, "unet/conv_in.weight.down", 1, 1, 27);
    add(flat, "unet/conv_in.weight.up", 1, 4, 1);
    assertTensors(PatchError.TENSOR_SHAPE, "lowrank", flat, m -> m);
    // a shape that no memory holds is a shape that the tensors do not have
    assertTensors(
        PatchError.TENSOR_SHAPE,
        "lowrank",
        lowRank(2, 5, 1),
        m -> m.replaceFirst("\\[\\s*6,\\s*5\\s*\\]", "[2147483647, 2147483647]"));
    assertTensors(
        PatchError.TENSOR_SHAPE,
        "lowrank",
        lowRank(2, 5, 1),
        m -> m.replaceFirst("\\[\\s*6,\\s*5\\s*\\]", "[30]"));
  }

  @Test
  void projectors() throws IOException {
    for (int[] shape : new int[][] {{2, 8}, {2, 9}, {3, 8}, {8, 2}}) {
      SafetensorsWriter w = new SafetensorsWriter();
      add(w, "x.left", 1, shape[0], shape[1]);
      add(w, "x.right", 1, 2, 8);
      boolean right = shape[0] == 2 && shape[1] == 8;
      assertTensors(right ? null : PatchError.TENSOR_SHAPE, "projector", w, m -> m);
    }
    SafetensorsWriter infinite = new SafetensorsWriter();
    add(infinite, "x.left", Float.POSITIVE_INFINITY, 2, 8);
    add(infinite, "x.right", 1, 2, 8);
    assertTensors(PatchError.NON_FINITE, "projector", infinite, m -> m);
    SafetensorsWriter other = new SafetensorsWriter();
    add(other, "y.left", 1, 2, 8);
    add(other, "y.right", 1, 2, 8);
    assertTensors(PatchError.UNDECLARED_OR_MISSING, "projector", other, m -> m);
  }

  private static SafetensorsWriter closedForm(int columns, boolean preserve) {
    SafetensorsWriter w = new SafetensorsWriter();
    add(w, "x.target", 1, columns, 8);
    add(w, "x.guide", 2, columns, 8);
    return preserve ? add(w, "x.preserve", 3, 3, 8) : w;
  }

  @Test
  void closedForms() throws IOException {
    assertTensors(null, "closedform", closedForm(1, true), m -> m);
    assertTensors(PatchError.TENSOR_SHAPE, "closedform", closedForm(2, true), m -> m);
    assertTensors(PatchError.UNDECLARED_OR_MISSING, "closedform", closedForm(1, false), m -> m);
    // rows that the manifest does not speak of
    assertTensors(
        PatchError.UNDECLARED_OR_MISSING,
        "closedform",
        closedForm(1, true),
        m -> m.replace("\"preserved\": 3", "\"preserved\": 0"));
    assertTensors(
        null,
        "closedform",
        closedForm(1, false),
        m -> m.replace("\"preserved\": 3", "\"preserved\": 0"));
    SafetensorsWriter half =
        new SafetensorsWriter()
            .add("x.target", DType.F16, new long[] {1, 8}, new float[8])
            .add("x.guide", DType.F32, new long[] {1, 8}, new float[8])
            .add("x.preserve", DType.F32, new long[] {3, 8}, new float[24]);
    assertTensors(PatchError.TENSOR_DTYPE, "closedform", half, m -> m);
  }

  @Test
  void tokens() throws IOException {
    for (List<String> names : List.of(List.of("<s1>", "<s2>"), List.of("<s1>", "<s3>"))) {
      SafetensorsWriter w = new SafetensorsWriter();
      add(w, names.get(0) + ".embedding", 1, 2, 8);
      add(w, names.get(1) + ".embedding", 1, 1, 8);
      PatchError error = names.contains("<s2>") ? null : PatchError.UNDECLARED_OR_MISSING;
      assertTensors(error, "tokens", w, m -> m);
    }
  }
}

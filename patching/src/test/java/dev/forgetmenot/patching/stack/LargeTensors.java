package dev.forgetmenot.patching.stack;

import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.api.model.BaseTensors;
import dev.forgetmenot.api.model.PatchRequest;
import dev.forgetmenot.patch.Manifest;
import dev.forgetmenot.patch.PatchDraft;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.PatchWriter;
import dev.forgetmenot.patch.edit.Delta;
import dev.forgetmenot.patch.edit.DeltaEdit;
import dev.forgetmenot.patch.edit.PatchEdit;
import dev.forgetmenot.patching.diff.DiffFactorizer;
import dev.forgetmenot.patching.diff.DifferenceForm;
import dev.forgetmenot.patching.diff.EditedTensors;
import dev.forgetmenot.patching.diff.ModelDiff;
import dev.forgetmenot.patching.lora.LoraExport;
import dev.forgetmenot.patching.lora.LoraFile;
import dev.forgetmenot.patching.lora.LoraImport;
import dev.forgetmenot.patching.lora.LoraNaming;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.HalfFloats;
import dev.forgetmenot.safetensors.SafetensorsFile;
import dev.forgetmenot.safetensors.SafetensorsLimits;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import dev.forgetmenot.safetensors.StoredBytes;
import dev.forgetmenot.safetensors.TensorPayload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * All that is done with the values of a patch, on tensors as large as the largest of a UNet, in a
 * Java whose heap holds less than two of them as floats. Run by {@link LargeTensorsTest}.
 */
final class LargeTensors {
  private static final long[] SHAPE = {1280, 2560, 3, 3};
  private static final int SIZE = 1280 * 2560 * 3 * 3;
  private static final List<String> NAMES =
      List.of("up_blocks.0.resnets.0.conv1.weight", "up_blocks.0.resnets.1.conv1.weight");

  /** The tensors of one file as a UNet. */
  private record Stored(SafetensorsFile file) implements BaseTensors {
    @Override
    public Set<String> names(String component) {
      return file.tensors().keySet();
    }

    @Override
    public DType dtype(String component, String name) {
      return file.tensors().get(name).dtype();
    }

    @Override
    public long[] shape(String component, String name) {
      return file.tensors().get(name).shape();
    }

    @Override
    public ByteBuffer bytes(String component, String name) throws IOException {
      return file.bytes(name);
    }

    @Override
    public StoredBytes stored(String component, String name) throws IOException {
      return file.stored(name);
    }

    @Override
    public float[] floats(String component, String name) throws IOException {
      return file.floats(name);
    }

    @Override
    public String source(String component) {
      return file.where();
    }
  }

  private LargeTensors() {}

  /** Argument: a folder. Prints what was done; ends badly if a value is another one. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    try (SafetensorsFile base = open(write(folder.resolve("base.safetensors"), 0));
        SafetensorsFile edited = open(write(folder.resolve("edited.safetensors"), 1))) {
      Path patch = folder.resolve("a.fmnpatch");
      differ(new Stored(base), new Stored(edited), patch);
      apply(new Stored(base), new Stored(edited), patch);
      Path lora = folder.resolve("full.safetensors");
      export(patch, lora);
      importAgain(new Stored(base), lora);
    }
  }

  /** Multiples of 2^-10 that halves hold, as their differences; the edited ones are one more. */
  private static Path write(Path file, int edited) throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (String name : NAMES) {
      SplittableRandom random = new SplittableRandom(name.hashCode());
      TensorPayload payload =
          TensorPayload.ofElements(
              SIZE,
              Short.BYTES,
              (buffer, i) ->
                  buffer.putShort(
                      HalfFloats.floatToHalf((random.nextInt(-1000, 1000) + edited) * 0x1p-10f)));
      writer.add(name, DType.F16, SHAPE, payload);
    }
    writer.write(file);
    return file;
  }

  private static SafetensorsFile open(Path file) throws IOException {
    return SafetensorsFile.open(file, SafetensorsLimits.MODEL);
  }

  private static void differ(BaseTensors base, BaseTensors edited, Path patch) throws IOException {
    ModelDiff difference =
        ModelDiff.between(base, EditedTensors.ofModel(edited, List.of("unet")), JobContext.NONE);
    DifferenceForm form =
        new DifferenceForm(
            DifferenceForm.Kind.DELTA, OptionalInt.empty(), OptionalDouble.empty(), true);
    DiffFactorizer.Result result = DiffFactorizer.of(difference, form, "x", JobContext.NONE);
    PatchDraft draft =
        new PatchDraft(
            "difference",
            "A test.",
            new Manifest.Intent(
                "forget", List.of(new Manifest.IntentConcept("x", "identity", List.of("x")))),
            result.edits(),
            new Manifest.Recipe("test", Map.of(), 7, 0, "fmn", "0.1.0", List.of()),
            List.of(),
            Map.of());
    PatchWriter.write(patch, draft, identity(), "stable-diffusion-v1", "2026-01-01T00:00:00Z");
    System.out.println("diff done");
  }

  private static Manifest.Base identity() {
    String digest = "ab".repeat(32);
    return new Manifest.Base(
        Map.of("unet", new Manifest.Component(digest, digest, NAMES.size(), Map.of())),
        Optional.of(new Manifest.Roots(digest, digest)),
        Optional.of(new Manifest.Tokenizer(digest, digest)),
        "two tensors",
        "exact");
  }

  private static void apply(BaseTensors base, BaseTensors edited, Path patch) throws IOException {
    try (PatchStack stack = PatchStack.alone(new PatchRequest(patch, 1))) {
      StackedPatch layer = stack.layers().get(0);
      List<String> targets = NAMES.stream().map(name -> "unet/" + name).toList();
      PatchedWeights weights =
          new PatchedWeights(base, Map.of(layer, Map.of(layer.edits().get(0).id(), targets)));
      weights.check();
      for (String name : NAMES) {
        bake(weights, name, edited.stored("unet", name));
        compare(weights.values("unet/" + name), edited.stored("unet", name));
      }
    }
    System.out.println("bake and apply done");
  }

  private static void bake(PatchedWeights weights, String name, StoredBytes expected)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Short.BYTES * SIZE).order(ByteOrder.LITTLE_ENDIAN);
    weights
        .sum("unet/" + name)
        .forEachStrip(
            (first, sums) -> {
              for (int i = 0; i < sums.length; i++) {
                bytes.putShort(Short.BYTES * (first + i), HalfFloats.doubleToHalf(sums[i]));
              }
            });
    if (!StoredBytes.of(bytes).sameAs(expected, bytes.capacity())) {
      throw new AssertionError(name + " is not the edited one");
    }
  }

  private static void compare(float[] values, StoredBytes expected) throws IOException {
    float[] some = new float[StoredBytes.PIECE];
    for (int first = 0; first < SIZE; first += some.length) {
      int count = Math.min(some.length, SIZE - first);
      expected.floats(DType.F16, first, some, 0, count);
      for (int i = 0; i < count; i++) {
        if (values[first + i] != some[i]) {
          throw new AssertionError(values[first + i] + " for " + some[i] + " at " + (first + i));
        }
      }
    }
  }

  private static void export(Path patch, Path lora) throws IOException {
    try (PatchFile file = PatchFile.open(patch)) {
      LoraExport.Result result = LoraExport.of(file, Optional.empty(), 1, Optional.empty(), true);
      LoraNaming.KOHYA.writer(result.products(), result.deltas()).write(lora);
    }
    System.out.println("export done");
  }

  private static void importAgain(BaseTensors base, Path lora) throws IOException {
    List<Delta> deltas = new ArrayList<>();
    try (LoraFile file = LoraFile.read(lora)) {
      for (PatchEdit edit : LoraImport.edits(file, base, Map.of())) {
        deltas.addAll(((DeltaEdit) edit).deltas().values());
      }
      for (Delta delta : deltas) {
        for (float value : delta.values()) {
          if (value != 0x1p-10f) {
            throw new AssertionError("imported " + value);
          }
        }
      }
    }
    System.out.println("import done: " + deltas.size());
  }
}

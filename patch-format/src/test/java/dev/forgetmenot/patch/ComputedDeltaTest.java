package dev.forgetmenot.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.patch.edit.Delta;
import dev.forgetmenot.patch.edit.DeltaEdit;
import dev.forgetmenot.patch.edit.ScratchValues;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values that are computed when they are asked for. */
class ComputedDeltaTest {
  private static final Map<String, long[]> SHAPES =
      Map.of("unet/a.weight", new long[] {2, 2}, "unet/a.bias", new long[] {2});

  @TempDir Path folder;

  private Path write(String name, Map<String, Delta> deltas) throws IOException {
    PatchDraft d = PatchFileTest.draft(1);
    PatchDraft draft =
        new PatchDraft(
            d.name(),
            d.description(),
            d.intent(),
            List.of(new DeltaEdit(deltas)),
            d.recipe(),
            d.evidence(),
            d.docs());
    Path file = folder.resolve(name);
    PatchWriter.write(file, draft, PatchFileTest.base(), "other", PatchFileTest.CREATED);
    return file;
  }

  private static float[] values(String name) {
    return name.endsWith("bias") ? new float[] {0.5f, -0.25f} : new float[] {1, -2, 3, 1e-7f};
  }

  @Test
  void giveTheSameFileAsValuesThatAreThereAndAreComputedTwice() throws IOException {
    for (boolean half : List.of(true, false)) {
      AtomicInteger asked = new AtomicInteger();
      Map<String, Delta> computed = new LinkedHashMap<>();
      Map<String, Delta> there = new LinkedHashMap<>();
      SHAPES.forEach(
          (name, shape) -> {
            there.put(name, new Delta(shape, values(name), half));
            Delta.Values source =
                () -> {
                  asked.incrementAndGet();
                  return values(name);
                };
            computed.put(name, new Delta(shape, source, half));
          });
      assertThat(Files.readAllBytes(write("computed", computed)))
          .isEqualTo(Files.readAllBytes(write("there", there)));
      assertThat(asked).hasValue(2 * SHAPES.size());
    }
  }

  @Test
  void thatChangeBetweenTheDigestAndTheFileAreNotWritten() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    Map<String, Delta> deltas = new LinkedHashMap<>();
    SHAPES.forEach((name, shape) -> deltas.put(name, new Delta(shape, values(name))));
    deltas.put(
        "unet/a.bias",
        new Delta(new long[] {2}, () -> new float[] {1, asked.getAndIncrement()}, false));
    assertThatThrownBy(() -> write("a", deltas))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("tensors/delta.safetensors cannot be written: its values changed");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void thatCannotBeReadOrDoNotFitAreSaidSo() {
    long[] shape = {2};
    IOException gone = new IOException("the disk is gone");
    Delta.Values fails =
        () -> {
          throw gone;
        };
    Delta delta = new Delta(shape, fails, false);
    assertThatThrownBy(delta::values).isInstanceOf(UncheckedIOException.class).hasCause(gone);
    assertThatThrownBy(
            () ->
                write(
                    "a",
                    Map.of(
                        "unet/a.bias",
                        delta,
                        "unet/a.weight",
                        new Delta(new long[] {2, 2}, new float[4]))))
        .isSameAs(gone);
    assertThatThrownBy(() -> new Delta(shape, () -> new float[3], false).values())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected 2 values for the shape, found 3");
    assertThatThrownBy(() -> new Delta(shape, new float[3]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void areReadBackFromAScratchFileThatHasNoName() throws IOException {
    ScratchValues scratch = ScratchValues.in(folder);
    float[] large = new float[200_001];
    for (int i = 0; i < large.length; i++) {
      large[i] = i * 0.5f;
    }
    Delta.Values first = scratch.keep(large);
    Delta.Values second = scratch.keep(new float[] {Float.MIN_VALUE, -0.0f});
    Delta.Values none = scratch.keep(new float[0]);
    assertThat(first.values()).isEqualTo(large);
    assertThat(second.values()).containsExactly(Float.MIN_VALUE, -0.0f);
    assertThat(none.values()).isEmpty();
    if (!System.getProperty("os.name").startsWith("Windows")) {
      assertThat(folder).isEmptyDirectory(); // also if the process were killed now
    }
  }
}

package dev.forgetmenot.host.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.diffusion.pipeline.ModelOnDisk;
import dev.forgetmenot.diffusion.pipeline.ReadingOptions;
import dev.forgetmenot.files.AtomicFolder;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.host.edit.WrittenPatch;
import dev.forgetmenot.patch.PatchFile;
import dev.forgetmenot.patch.edit.LowRank;
import dev.forgetmenot.patch.edit.LowRankEdit;
import dev.forgetmenot.patching.diff.DifferenceForm;
import dev.forgetmenot.safetensors.DType;
import dev.forgetmenot.safetensors.SafetensorsWriter;
import dev.forgetmenot.testkit.GoldenFolders;
import dev.forgetmenot.testkit.SingleFile;
import dev.forgetmenot.testkit.crash.CrashingFiles;
import dev.forgetmenot.testkit.crash.WritePoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that bakes or writes a patch, killed at every point of its writing. */
class BakeCrashTest {
  private static final Path MODEL = GoldenFolders.inProject("testkit/fixtures/sd1-tiny/model");
  private static final String KEYS =
      "unet/down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.weight";

  @TempDir Path folder;
  private Path patch;
  private Path baked;
  private Map<String, String> after;
  private long points;

  @BeforeEach
  void bakeOnce() throws IOException {
    patch = patch("a", 0.25f);
    baked = folder.resolve("baked");
    WritePoints all = WritePoints.counting();
    Baking.bake(MODEL, patch, baked, all);
    after = digests(baked);
    points = all.count();
    assertThat(after).containsKeys("fmn-bake.json", "unet/diffusion_pytorch_model.safetensors");
  }

  private Path patch(String name, float value) throws IOException {
    float[] ones = new float[32];
    Arrays.fill(ones, value);
    LowRankEdit edit =
        new LowRankEdit(Map.of(KEYS, new LowRank(new long[] {32, 32}, 1, 1, ones, ones)));
    Path file = folder.resolve(name + ".fmnpatch");
    try (ModelOnDisk model = ModelOnDisk.open(MODEL)) {
      WrittenPatch.write(
          model.base(),
          PatchNaming.ofFile().draft(file, "A test.", List.of(edit), "test", Map.of()),
          file);
    }
    return file;
  }

  /** SHA-256 by path, of all files. */
  private static Map<String, String> digests(Path target) throws IOException {
    Map<String, String> digests = new TreeMap<>();
    try (Stream<Path> files = Files.walk(target)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        digests.put(
            target.relativize(file).toString().replace('\\', '/'),
            Sha256.hex(Files.readAllBytes(file)));
      }
    }
    return digests;
  }

  @Test
  void aNewFolderIsWholeOrNotThere() throws IOException {
    Map<String, String> base = digests(MODEL);
    Path target = folder.resolve("t");
    WritePoints all = WritePoints.counting();
    Baking.bake(MODEL, patch, target, all);
    delete(target);
    int whole = 0;
    for (long point = 1; point <= all.count(); point++) {
      WritePoints killed = WritePoints.throwingAt(point);
      assertThatThrownBy(() -> Baking.bake(MODEL, patch, target, killed))
          .isInstanceOf(WritePoints.Killed.class);
      if (Files.exists(target)) {
        assertThat(digests(target)).isEqualTo(after);
        whole++;
      }
      deleteAllOf("t");
    }
    assertThat(whole).isBetween(0, 1); // the move is the last point
    assertThat(digests(MODEL)).isEqualTo(base);
  }

  @Test
  void aReplacedFolderIsTheOldOneOrTheNewOne() throws IOException {
    Path other = patch("b", -0.25f);
    Path target = folder.resolve("t");
    Path old = folder.resolve("old");
    Baking.bake(MODEL, other, old, WritePoints.counting());
    Map<String, String> before = digests(old);
    assertThat(before).isNotEqualTo(after);
    GoldenFolders.copy(old, target);
    WritePoints all = WritePoints.counting();
    Baking.bake(MODEL, patch, target, all);
    int fresh = 0;
    deleteAllOf("t");
    GoldenFolders.copy(old, target);
    for (long point = 1; point <= all.count(); point++) {
      WritePoints killed = WritePoints.throwingAt(point);
      assertThatThrownBy(() -> Baking.bake(MODEL, patch, target, killed))
          .isInstanceOf(WritePoints.Killed.class);
      AtomicFolder.recover(target);
      Map<String, String> found = digests(target);
      assertThat(found).isIn(before, after);
      if (found.equals(after)) {
        fresh++;
        deleteAllOf("t");
        GoldenFolders.copy(old, target);
      }
    }
    assertThat(fresh).isBetween(1, (int) all.count() / 2);
  }

  @Test
  void aFullDiskLeavesTheOldFolder() throws IOException {
    Path target = folder.resolve("t");
    Baking.bake(MODEL, patch("b", -0.25f), target, WritePoints.counting());
    Map<String, String> before = digests(target);
    long point = 1;
    for (IOException full = null; full != null || point == 1; point++) {
      full = refusal(patch, target, WritePoints.fullAt(point));
      if (full != null) {
        assertThat(full).hasStackTraceContaining("No space left on device");
        assertThat(digests(target)).isEqualTo(before);
        assertThat(beside("t")).containsExactly(target);
      }
    }
    assertThat(point).isGreaterThan(after.size()); // each file was refused at least once
    assertThat(digests(target)).isEqualTo(after);
  }

  @Test
  void aDamagedFileDoesNotReplaceTheOldOne() throws IOException {
    Path model = folder.resolve("m.safetensors");
    SingleFile.write(MODEL, model, DType.F32);
    BakedModelTest.withoutSecondCopy(model);
    Path target = folder.resolve("t.safetensors");
    WritePoints all = WritePoints.damagingAt(Long.MAX_VALUE);
    Baking.bake(model, patch, target, all);
    byte[] old = {1, 2, 3};
    int refused = 0;
    for (long point = 1; point <= all.count(); point++) {
      Files.write(target, old);
      if (refusal(model, patch, target, WritePoints.damagingAt(point)) != null) {
        refused++;
        assertThat(target).hasBinaryContent(old);
      }
    }
    assertThat(refused).isPositive();
  }

  private static IOException refusal(Path patch, Path target, WritePoints points) {
    return refusal(MODEL, patch, target, points);
  }

  /** What stops a bake; null if nothing does. */
  private static IOException refusal(Path model, Path patch, Path target, WritePoints points) {
    try {
      Baking.bake(model, patch, target, points);
      return null;
    } catch (IOException e) {
      return e;
    }
  }

  @Test
  void aProcessThatReallyEndsLeavesTheSame() throws Exception {
    Path target = folder.resolve("t");
    for (long point : new long[] {2, points / 2, points - 2}) {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx256m",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Baking.class.getName(),
                  MODEL.toString(),
                  patch.toString(),
                  target.toString(),
                  String.valueOf(point))
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("log").toFile())
              .start();
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
      assertThat(process.exitValue()).as(Files.readString(folder.resolve("log"))).isEqualTo(137);
      assertThat(target).doesNotExist();
    }
    Baking.bake(MODEL, patch, target, WritePoints.counting());
    assertThat(digests(target)).isEqualTo(after);
  }

  @Test
  void aPatchIsTheOldOneOrTheNewOne() throws IOException {
    Path lora = folder.resolve("l.safetensors");
    String stem = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k";
    new SafetensorsWriter()
        .add(stem + ".lora_down.weight", DType.F32, new long[] {1, 32}, new float[32])
        .add(stem + ".lora_up.weight", DType.F32, new long[] {32, 1}, new float[32])
        .write(lora);
    Path file = folder.resolve("p.fmnpatch");
    WritePoints all = WritePoints.counting();
    importTo(new CrashingFiles(all).path(file), lora);
    String old = id(patch);
    int fresh = 0;
    for (long point = 1; point <= all.count(); point++) {
      Files.copy(patch, file, StandardCopyOption.REPLACE_EXISTING);
      Path watched = new CrashingFiles(WritePoints.throwingAt(point)).path(file);
      assertThatThrownBy(() -> importTo(watched, lora)).isInstanceOf(WritePoints.Killed.class);
      fresh += id(file).equals(old) ? 0 : 1; // opening a patch checks all of it
    }
    assertThat(fresh).isBetween(1, 3);
  }

  private static void importTo(Path file, Path lora) throws IOException {
    ImportJob.run(
        new ImportRequest(
            lora,
            MODEL,
            ReadingOptions.DEFAULT,
            file,
            PatchNaming.ofFile(),
            DifferenceForm.AUTO,
            List.of(),
            Optional.empty(),
            false),
        Baking.QUIET);
  }

  private static String id(Path file) throws IOException {
    try (PatchFile open = PatchFile.open(file)) {
      return open.id();
    }
  }

  /** A folder and what a killed process left beside it. */
  private void deleteAllOf(String name) throws IOException {
    for (Path entry : beside(name)) {
      delete(entry);
    }
  }

  private List<Path> beside(String name) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(
              entry -> {
                String found = entry.getFileName().toString();
                return found.equals(name) || found.startsWith("." + name + ".");
              })
          .toList();
    }
  }

  private static void delete(Path target) throws IOException {
    try (Stream<Path> files = Files.walk(target)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}

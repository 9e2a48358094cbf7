package dev.forgetmenot.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.forgetmenot.keys.SigningKey;
import dev.forgetmenot.patch.archive.PatchArchive;
import dev.forgetmenot.patch.error.PatchError;
import dev.forgetmenot.patch.error.PatchFormatException;
import dev.forgetmenot.testkit.hostile.CraftedZip;
import dev.forgetmenot.testkit.hostile.Damage;
import dev.forgetmenot.testkit.hostile.MemoryFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * All damage of one step to a small patch is noticed: every flipped bit, every length, every byte
 * that is put in or left out, every two entries that change places.
 */
class DamagedPatchTest {
  @TempDir Path folder;
  private Path file;
  private final Path damaged = MemoryFile.temporary(); // in memory where there is such a place
  private byte[] good;

  @BeforeEach
  void writeASmallPatch() throws IOException {
    file = folder.resolve("a.fmnpatch");
    PatchFileTest.write(file, 1);
    good = Files.readAllBytes(file);
    PatchFile.open(file).close();
  }

  /** Each is refused, by the one exception that readers have. */
  private Map<PatchError, Integer> assertRefused(Stream<Damage> damages) throws IOException {
    Map<PatchError, Integer> errors = new EnumMap<>(PatchError.class);
    for (Damage damage : (Iterable<Damage>) damages::iterator) {
      Files.write(damaged, damage.bytes());
      try (PatchFile patch = PatchFile.open(damaged)) {
        fail(damage.what() + " was read as " + patch.id());
      } catch (PatchFormatException e) {
        errors.merge(e.error(), 1, Integer::sum);
      } catch (RuntimeException e) {
        throw new AssertionError(damage.what(), e);
      }
    }
    return errors;
  }

  @Test
  void everyByte() throws IOException {
    Map<PatchError, Integer> errors = assertRefused(Damage.inversions(good));
    assertThat(errors.values().stream().mapToInt(n -> n).sum()).isEqualTo(good.length);
    assertThat(errors).containsKeys(PatchError.CRC, PatchError.HEADER_MISMATCH);
  }

  /** Every bit of a signed one, in which every byte is either checked or signed. */
  @Test
  void everyBitOfASignedPatch() throws IOException {
    PatchSigner.embed(file, SigningKey.generate());
    byte[] signed = Files.readAllBytes(file);
    assertThat(signed.length).isGreaterThan(good.length);
    Map<PatchError, Integer> errors = assertRefused(Damage.flips(signed));
    assertThat(errors.values().stream().mapToInt(n -> n).sum()).isEqualTo(9 * signed.length);
    System.err.println(
        "measured: " + 9 * signed.length + " flips of a signed patch refused: " + errors);
  }

  /**
   * The same by who knows the format and repairs the checksums: then it is the digests and the
   * signature that refuse it.
   */
  @Test
  void everyByteOfWhatASignedPatchHoldsWithItsChecksumRepaired() throws IOException {
    PatchSigner.embed(file, SigningKey.generate());
    Map<String, byte[]> files = files();
    Map<PatchError, Integer> errors = new EnumMap<>(PatchError.class);
    for (String name : files.keySet()) {
      assertRefused(
              Damage.neighbours(files.get(name))
                  .map(
                      damage -> {
                        CraftedZip zip = CraftedZip.of(files);
                        zip.get(name).content(damage.bytes());
                        return new Damage(name + ": " + damage.what(), zip.bytes());
                      }))
          .forEach((error, times) -> errors.merge(error, times, Integer::sum));
    }
    assertThat(errors).containsKeys(PatchError.DIGEST, PatchError.BAD_SIGNATURE);
    assertThat(errors).doesNotContainKey(PatchError.CRC);
    System.err.println("measured: flips with repaired checksums refused: " + errors);
  }

  @Test
  void everyLength() throws IOException {
    assertRefused(Damage.truncations(good));
  }

  @Test
  void everyByteMoreOrLess() throws IOException {
    assertRefused(Damage.insertions(good, 0));
    assertRefused(Damage.insertions(good, 'P'));
    assertRefused(Damage.deletions(good));
  }

  private CraftedZip crafted() throws IOException {
    Files.write(file, good);
    return CraftedZip.of(files());
  }

  private Map<String, byte[]> files() throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    try (FileChannel channel = FileChannel.open(file)) {
      PatchArchive archive = new PatchArchive(file, channel);
      for (String name : archive.names()) {
        files.put(name, archive.content(name, Integer.MAX_VALUE));
      }
    }
    return files;
  }

  /** Two whole entries, their contents alone, and their names alone. */
  @Test
  void everyTwoEntriesSwapped() throws IOException {
    int count = crafted().entries.size();
    assertThat(count).isGreaterThanOrEqualTo(4);
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < i; j++) {
        CraftedZip entries = crafted();
        Collections.swap(entries.entries, i, j);
        CraftedZip contents = crafted();
        byte[] data = contents.entries.get(i).data;
        contents.entries.get(i).content(contents.entries.get(j).data);
        contents.entries.get(j).content(data);
        CraftedZip directory = crafted();
        CraftedZip.Entry one = directory.entries.get(i);
        CraftedZip.Entry other = directory.entries.get(j);
        byte[] name = one.central.name;
        one.central.name = other.central.name;
        other.central.name = name;
        String what = "swapped " + i + " and " + j;
        assertRefused(
            List.of(
                new Damage(what, entries.bytes()),
                new Damage(what + ", contents", contents.bytes()),
                new Damage(what + ", names of the directory", directory.bytes()))
                .stream());
      }
    }
    Files.write(file, crafted().bytes());
    PatchFile.open(file).close();
  }
}

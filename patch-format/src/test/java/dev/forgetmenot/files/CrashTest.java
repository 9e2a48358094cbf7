package dev.forgetmenot.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forgetmenot.testkit.crash.CrashingFiles;
import dev.forgetmenot.testkit.crash.WritePoints;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files and folders whose writer is killed at every point of its writing. */
class CrashTest {
  private static final byte[] OLD = bytes(1);
  private static final byte[] NEW = bytes(2);

  @TempDir Path folder;

  private static byte[] bytes(int value) {
    byte[] bytes = new byte[1000];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private static void writeInParts(Path file) throws IOException {
    AtomicFile.write(
        file,
        channel -> {
          for (int part = 0; part < 4; part++) {
            channel.write(ByteBuffer.wrap(NEW, part * 250, 250));
          }
        });
  }

  @Test
  void aFileIsTheOldOneOrTheNewOne() throws IOException {
    WritePoints all = WritePoints.counting();
    Path file = folder.resolve("a");
    writeInParts(new CrashingFiles(all).path(file));
    assertThat(all.count()).isEqualTo(8); // open, four parts, force, move, and clean up
    int old = 0;
    for (long point = 1; point <= all.count(); point++) {
      Files.write(file, OLD);
      Path watched = new CrashingFiles(WritePoints.throwingAt(point)).path(file);
      assertThatThrownBy(() -> writeInParts(watched)).isInstanceOf(WritePoints.Killed.class);
      byte[] found = Files.readAllBytes(file);
      assertThat(Arrays.equals(found, OLD) || Arrays.equals(found, NEW)).isTrue();
      old += Arrays.equals(found, OLD) ? 1 : 0;
    }
    assertThat(old).isBetween(1, (int) all.count() - 1); // both happen
  }

  private static void writeFolder(Path target) throws IOException {
    AtomicFolder.write(
        target,
        true,
        inside -> {
          Files.createDirectory(inside.resolve("b"));
          Files.write(inside.resolve("a"), NEW);
          Files.write(inside.resolve("b").resolve("c"), NEW);
        });
  }

  private static Map<String, Integer> content(Path target) throws IOException {
    Map<String, Integer> content = new TreeMap<>();
    try (Stream<Path> files = Files.walk(target)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        assertThat(bytes).hasSize(1000);
        content.put(target.relativize(file).toString().replace('\\', '/'), (int) bytes[999]);
      }
    }
    return content;
  }

  @Test
  void aFolderIsTheOldOneOrTheNewOne() throws IOException {
    Map<String, Integer> before = Map.of("a", 1, "d", 1);
    Map<String, Integer> after = Map.of("a", 2, "b/c", 2);
    WritePoints all = WritePoints.counting();
    old(folder.resolve("0"));
    writeFolder(new CrashingFiles(all).path(folder.resolve("0")));
    assertThat(content(folder.resolve("0"))).isEqualTo(after);
    int kept = 0;
    int away = 0;
    for (long point = 1; point <= all.count(); point++) {
      Path target = folder.resolve("n" + point);
      old(target);
      Path watched = new CrashingFiles(WritePoints.throwingAt(point)).path(target);
      assertThatThrownBy(() -> writeFolder(watched)).isInstanceOf(WritePoints.Killed.class);
      away += Files.exists(target) ? 0 : 1;
      AtomicFolder.recover(target);
      assertThat(content(target)).isIn(before, after);
      kept += content(target).equals(before) ? 1 : 0;
      writeFolder(target);
      assertThat(content(target)).isEqualTo(after);
    }
    assertThat(away).isEqualTo(1); // between the two moves
    assertThat(kept).isBetween(1, (int) all.count() - 1);
  }

  private static void old(Path target) throws IOException {
    Files.createDirectory(target);
    Files.write(target.resolve("a"), OLD);
    Files.write(target.resolve("d"), OLD);
  }

  @Test
  void aFolderThatIsThereIsOnlyReplacedWhenAskedFor() throws IOException {
    Path target = folder.resolve("t");
    old(target);
    assertThatThrownBy(() -> AtomicFolder.write(target, false, inside -> {}))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessageContaining("--overwrite");
    Path empty = Files.createDirectory(folder.resolve("e"));
    AtomicFolder.write(empty, false, inside -> Files.write(inside.resolve("a"), NEW));
    assertThat(content(empty)).isEqualTo(Map.of("a", 2));
    assertThatThrownBy(
            () ->
                AtomicFolder.write(
                    target,
                    true,
                    inside -> {
                      Files.write(inside.resolve("a"), NEW);
                      throw new IOException("the disk is full");
                    }))
        .hasMessage("the disk is full");
    assertThat(content(target)).isEqualTo(Map.of("a", 1, "d", 1));
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.map(Path::getFileName).map(Path::toString)).containsOnly("t", "e");
    }
  }
}
